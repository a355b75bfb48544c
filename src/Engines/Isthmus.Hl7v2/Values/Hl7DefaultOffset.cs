namespace Isthmus.Hl7v2;

/// <summary>
/// The offset of a message's times that state none: that of MSH-7 where it has one (HL7 v2.5.1 §2.15.9.7), else the source's zone. Where
/// both agree at the moment of MSH-7, it was the source's zone that spoke, and that zone says it for every other time: what is planned for
/// winter in a message of summer has winter's offset.
/// </summary>
public static class Hl7DefaultOffset
{
    /// <param name="zone">The source's.</param>
    /// <returns>Null where the source's zone decides.</returns>
    public static TimeSpan? Of(Hl7Message message, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(zone);
        if (!Hl7DateTime.TryParse(message.Msh.Field(7).Value.Raw, out var sent) || sent.Offset is not { } offset)
        {
            return null;
        }

        var agrees = zone.IsAmbiguousTime(sent.Local) ? zone.GetAmbiguousTimeOffsets(sent.Local).Contains(offset) : zone.GetUtcOffset(sent.Local) == offset;
        return agrees ? null : offset;
    }
}
