using System.Buffers;
using System.Security.Cryptography;
using Isthmus.Exchange;
using Isthmus.Exchange.Packs;
using Isthmus.Exchange.Phi;
using Isthmus.Records.Facts;
using Isthmus.Records.Keys;
using Isthmus.Trust.Keys;

namespace Isthmus.Records.Commit;

/// <summary>The resources of one message, encoded once: ready to encrypt for the records, and to hand over as they are.</summary>
[Phi]
public sealed class PackDraft
{
    /// <summary>More than a large message needs is not kept for the next one.</summary>
    private const int MostRoomKept = 1024 * 1024;

    /// <summary>Where a thread lays its packs out before they are compressed; empty between two.</summary>
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? room;

    private PackDraft(long messageId, PersonId person, IReadOnlyList<ResourceDraft> resources, int[] begins, byte[] packed)
    {
        MessageId = messageId;
        Person = person;
        Resources = resources;
        Begins = begins;
        Packed = packed;
    }

    public long MessageId { get; }

    public PersonId Person { get; }

    public IReadOnlyList<ResourceDraft> Resources { get; }

    /// <summary>The pack (see <see cref="ResourcePack"/>), compressed, not encrypted.</summary>
    public PhiBytes Compressed => new(Packed);

    internal int[] Begins { get; }

    internal byte[] Packed { get; }

    public static PackDraft Of(long messageId, PersonId person, IReadOnlyList<ResourceDraft> resources)
    {
        var output = room ??= new ArrayBufferWriter<byte>(64 * 1024);
        try
        {
            var begins = ResourcePack.Write([.. resources.Select(r => new PackedResource(r.Type, r.Id.ToString("D"), r.Json))], output);
            return new PackDraft(messageId, person, resources, begins, Compression.Pack(output.WrittenSpan));
        }
        finally
        {
            output.Clear();
            room = output.Capacity <= MostRoomKept ? output : null;
        }
    }

    public override string ToString() => $"[phi, pack of {Resources.Count}]";

    /// <summary>Everything about the rows that takes computing, so that the transaction holds its locks only for the writing.</summary>
    internal Encoded Encode(TenantKeys keys, SearchTokens search, RecordVersions versions, long packId)
    {
        var salt = RandomNumberGenerator.GetBytes(PackCipher.SaltBytes);
        var bound = PackCipher.Bound(keys.Tenant, packId, MessageId, Person.Value);
        var fresh = Resources
            .Select((draft, place) => new FreshResource(place, draft, versions.All[place].Version))
            .Where(resource => versions.All[resource.Place].Effect == CommitEffect.Current);
        return new Encoded(packId, salt, PackCipher.Encrypt(keys, Packed, salt, bound), SearchFacts.Of(Person, [.. fresh], search));
    }

    internal sealed record Encoded(long PackId, byte[] Salt, byte[] Body, SearchFacts Facts);
}
