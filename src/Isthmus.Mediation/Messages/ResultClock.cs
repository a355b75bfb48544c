using Isthmus.Hl7v2;
using Isthmus.Records;

namespace Isthmus.Mediation.Messages;

/// <summary>When the results of a message were reported and sent, for telling late from new.</summary>
/// <param name="received">Stands for the time of sending where MSH-7 is empty or unreadable.</param>
internal sealed class ResultClock(Hl7Message message, TimeZoneInfo zone, DateTimeOffset received)
{
    private readonly long sent = SentAt(message, zone, received);
    private readonly TimeSpan? offset = Hl7DefaultOffset.Of(message, zone);

    /// <summary>MSH-7, Unix milliseconds.</summary>
    public static long SentAt(Hl7Message message, TimeZoneInfo zone, DateTimeOffset received) =>
        Milliseconds(message.Msh.Field(7), zone, null) is > 0 and var said ? said : received.ToUnixTimeMilliseconds();

    /// <param name="rank">See <see cref="StatusRank"/>.</param>
    /// <param name="anchor">Index of the OBR segment the resource stands under, or -1.</param>
    public Standing Standing(short rank, int anchor) =>
        new(rank, anchor < 0 ? 0 : Milliseconds(message.Segments[anchor].Field(22), zone, offset), sent);

    private static long Milliseconds(Hl7Field field, TimeZoneInfo zone, TimeSpan? offset) =>
        !Hl7DateTime.TryParse(field.Value.Raw, out var time) ? 0
        : time.Offset is null && offset is { } stated ? new DateTimeOffset(time.Local.Ticks, TimeSpan.Zero).Subtract(stated).ToUnixTimeMilliseconds()
        : time.ToInstant(zone, out _).ToUnixTimeMilliseconds();
}
