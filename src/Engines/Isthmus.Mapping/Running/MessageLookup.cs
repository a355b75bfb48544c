using System.Collections.Frozen;
using System.Text;
using Isthmus.Hl7v2;
using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Running;

/// <summary>
/// Which map a message takes: its event's (<c>ADT_A08</c>), else that of the structure MSH-9.3 names, else the one for events of its
/// type that have none (<c>ADT</c>), else the one for any type. Older senders leave the event to EVN-1.
/// </summary>
internal sealed class MessageLookup(IReadOnlyDictionary<string, MessageMap> byType, MessageMap? forAny)
{
    /// <summary>A type, an underscore and an event, with room to spare; what is longer names no map.</summary>
    private const int LongestName = 64;

    private readonly FrozenDictionary<byte[], MessageMap>.AlternateLookup<ReadOnlySpan<byte>> maps =
        byType.ToFrozenDictionary(entry => Encoding.UTF8.GetBytes(entry.Key), entry => entry.Value, Utf8Keys.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();

    public MessageMap? Of(Hl7Message message)
    {
        var stated = message.Msh[9];
        var type = stated.Component(1).Raw;
        var trigger = stated.Component(2).Raw;
        if (trigger.IsEmpty)
        {
            trigger = message.First("EVN")[1].Value.Raw;
        }

        return Event(type, trigger) ?? Named(stated.Component(3).Raw) ?? Named(type) ?? forAny;
    }

    private MessageMap? Event(ReadOnlySpan<byte> type, ReadOnlySpan<byte> trigger)
    {
        Span<byte> name = stackalloc byte[LongestName];
        if (type.Length + 1 + trigger.Length > name.Length)
        {
            return null;
        }

        type.CopyTo(name);
        name[type.Length] = (byte)'_';
        trigger.CopyTo(name[(type.Length + 1)..]);
        return Named(name[..(type.Length + 1 + trigger.Length)]);
    }

    private MessageMap? Named(ReadOnlySpan<byte> name) => maps.TryGetValue(name, out var map) ? map : null;
}
