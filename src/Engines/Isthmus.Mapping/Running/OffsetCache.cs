using Isthmus.Hl7v2;

namespace Isthmus.Mapping.Running;

/// <summary>
/// What a wall clock in a zone means. Asking a <see cref="TimeZoneInfo"/> costs more than reading the date, and one message
/// repeats the same few hours, so the last answers are kept.
/// </summary>
internal sealed class OffsetCache
{
    private const int Size = 8;

    private readonly (long Quarter, int Minutes, string? Fault)[] kept = new (long, int, string?)[Size];
    private TimeZoneInfo? zone;
    private Hl7Message? message;
    private int? stated;

    /// <summary>The offset in minutes of a time of the message that states none: what MSH-7 says for all of them, else the zone's at that wall-clock time.</summary>
    public int Minutes(Hl7Message of, TimeZoneInfo zone, DateTime local, out string? fault)
    {
        if (!ReferenceEquals(message, of))
        {
            message = of;
            stated = (int?)Hl7DefaultOffset.Of(of, zone)?.TotalMinutes;
        }

        fault = null;
        return stated ?? Minutes(zone, local, out fault);
    }

    /// <summary>The zone's offset in minutes at that wall-clock time.</summary>
    /// <param name="fault">The rule broken where the hour exists twice or not at all; standard time is taken then.</param>
    private int Minutes(TimeZoneInfo of, DateTime local, out string? fault)
    {
        if (!ReferenceEquals(zone, of))
        {
            zone = of;
            Array.Clear(kept);
        }

        // Zones change on the quarter hour at the finest.
        var quarter = local.Ticks / (15 * TimeSpan.TicksPerMinute);
        ref var slot = ref kept[(int)(quarter & (Size - 1))];
        if (slot.Quarter != quarter)
        {
            slot = (quarter, (int)of.GetUtcOffset(local).TotalMinutes,
                of.IsAmbiguousTime(local) ? Hl7ValueRules.DstAmbiguous : of.IsInvalidTime(local) ? Hl7ValueRules.DstSkipped : null);
        }

        fault = slot.Fault;
        return slot.Minutes;
    }
}
