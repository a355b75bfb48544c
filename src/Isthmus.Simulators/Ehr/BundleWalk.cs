using System.Text;
using System.Text.Json;
using Isthmus.Simulators.Effects;

namespace Isthmus.Simulators.Ehr;

/// <summary>
/// Splits a transaction or batch Bundle into its entries where the bytes lie (R4 http.html#transaction). What is not JSON or not
/// such a Bundle throws <see cref="JsonException"/> with a text that carries no value of the body.
/// </summary>
internal static class BundleWalk
{
    public const string NotABundle = "The body is not a Bundle of type transaction or batch.";
    public const string NoRequest = "The entry lacks request.method or request.url.";
    public const string NoResource = "The entry has no resource.";
    public const string UrlDisagrees = "PUT names Type/id as its resource does.";
    public const string TypeDisagrees = "POST names the type of its resource.";
    public const string NotSupported = "Only PUT by id and unconditional POST are supported.";
    public const string Overlap = "Two entries of the transaction name the same resource.";

    public static ReceivedBundle Read(Draft draft)
    {
        var reader = new Utf8JsonReader(draft.Body);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException(NotABundle);
        }

        bool isBundle = false, isTransaction = false, isBatch = false;
        var entries = new List<BundleEntry>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("resourceType"u8))
            {
                reader.Read();
                isBundle = reader.ValueTextEquals("Bundle"u8);
            }
            else if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                isTransaction = reader.ValueTextEquals("transaction"u8);
                isBatch = reader.ValueTextEquals("batch"u8);
            }
            else if (reader.ValueTextEquals("entry"u8))
            {
                ReadEntries(ref reader, draft, entries);
            }
            else
            {
                reader.Skip();
            }
        }

        if (reader.Read() || !isBundle || !(isTransaction || isBatch))
        {
            throw new JsonException(NotABundle);
        }

        if (isTransaction)
        {
            RefuseOverlaps(draft, entries);
        }

        return new ReceivedBundle(isTransaction, entries);
    }

    private static void ReadEntries(scoped ref Utf8JsonReader reader, Draft draft, List<BundleEntry> entries)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException(NotABundle);
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            entries.Add(ReadEntry(ref reader, draft));
        }
    }

    private static BundleEntry ReadEntry(scoped ref Utf8JsonReader reader, Draft draft)
    {
        ResourceWalk resource = default;
        ReadOnlySpan<byte> method = default, url = default;
        var conditional = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("resource"u8))
            {
                reader.Read();
                resource = ResourceWalk.Read(ref reader);
            }
            else if (reader.ValueTextEquals("request"u8))
            {
                reader.Read();
                ReadRequest(ref reader, ref method, ref url, ref conditional);
            }
            else
            {
                reader.Skip();
            }
        }

        if (method.IsEmpty || url.IsEmpty)
        {
            return BundleEntry.Refuse(NoRequest);
        }

        if (conditional)
        {
            return BundleEntry.Refuse(NotSupported);
        }

        return Decide(draft, resource, method, url);
    }

    private static void ReadRequest(
        scoped ref Utf8JsonReader reader, ref ReadOnlySpan<byte> method, ref ReadOnlySpan<byte> url, ref bool conditional)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException(NoRequest);
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("method"u8))
            {
                reader.Read();
                method = ResourceWalk.Text(ref reader);
            }
            else if (reader.ValueTextEquals("url"u8))
            {
                reader.Read();
                url = ResourceWalk.Text(ref reader);
            }
            else
            {
                conditional |= reader.ValueTextEquals("ifMatch"u8) || reader.ValueTextEquals("ifNoneExist"u8);
                reader.Skip();
            }
        }
    }

    private static BundleEntry Decide(Draft draft, in ResourceWalk resource, ReadOnlySpan<byte> method, ReadOnlySpan<byte> url)
    {
        if (resource.Length == 0)
        {
            return BundleEntry.Refuse(method.SequenceEqual("PUT"u8) || method.SequenceEqual("POST"u8) ? NoResource : NotSupported);
        }

        if (method.SequenceEqual("PUT"u8))
        {
            return ResourceName.Names(url, resource.Type, resource.Id) && Take(draft, resource, url)
                ? new BundleEntry(EntryAction.Update, draft.Count - 1, null)
                : BundleEntry.Refuse(UrlDisagrees);
        }

        if (method.SequenceEqual("POST"u8))
        {
            return ResourceName.IsType(url) && url.SequenceEqual(resource.Type) && Take(draft, resource, ResourceName.New(resource.Type))
                ? new BundleEntry(EntryAction.Create, draft.Count - 1, null)
                : BundleEntry.Refuse(TypeDisagrees);
        }

        return BundleEntry.Refuse(NotSupported);
    }

    /// <summary>Puts a resource into the draft; the draft's subject is the patient it carries, else the first its resources point to.</summary>
    public static bool Take(Draft draft, in ResourceWalk resource, ReadOnlySpan<byte> name)
    {
        if (resource.Type.SequenceEqual("Patient"u8))
        {
            draft.Subject = name.ToArray();
        }
        else if (draft.Subject.Length == 0 && resource.Subject.Length is > 0 and <= Draft.LongestName)
        {
            draft.Subject = resource.Subject.ToArray();
        }

        return draft.Add(name, resource.Start, resource.Length);
    }

    private static void RefuseOverlaps(Draft draft, List<BundleEntry> entries)
    {
        var seen = new HashSet<UInt128>(entries.Count);
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Item >= 0 && !seen.Add(draft.Items[entries[i].Item].Key))
            {
                entries[i] = BundleEntry.Refuse(Overlap);
            }
        }
    }
}
