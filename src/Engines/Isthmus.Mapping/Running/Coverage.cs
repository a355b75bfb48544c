using Isthmus.Hl7v2;

namespace Isthmus.Mapping.Running;

/// <summary>
/// Which fields of a message nothing was made of. That a rule exists is not enough: its condition may not hold, or something else may stand
/// in its place. So the message is translated once more, and what rules made elements of is noted.
/// </summary>
internal static class Coverage
{
    public static IEnumerable<Hl7Location> Unread(TranslationRun run, MessageMap? map)
    {
        var trace = new RuleTrace();
        if (map is not null)
        {
            var again = new TranslationRun { Trace = trace };
            again.Begin(run.Maps, run.Message, run.Context);
            MessageRun.Run(again, map);
        }

        for (var index = 0; index < (map is null ? 0 : run.Groups.SegmentCount); index++)
        {
            var segment = run.Groups.SegmentAt(index);
            for (var number = 1; number <= segment.FieldCount; number++)
            {
                var field = segment.Field(number);
                if (field.Exists && !field.IsEmpty && !IsEnvelope(segment, number) && !trace.HasRead(field.Location) && !IsNothing(run, map!, index, number))
                {
                    yield return field.Location;
                }
            }
        }
    }

    /// <summary>White space and delimiters; and HL7's null in a field that rules read, of which a null makes no element.</summary>
    private static bool IsNothing(TranslationRun run, MessageMap map, int segment, int field)
    {
        var text = run.WholeField(segment, field);
        return !run.Text.IsValued(text)
            && (!run.Text.Bytes(text).Contains((byte)'"') || (map.Read.TryGetValue(run.Groups.KeyAt(segment), out var read) && read.Contains(field)));
    }

    /// <summary>Delimiters, version, sequence, acknowledgement and character set are the envelope's; set ids carry no content.</summary>
    private static bool IsEnvelope(Hl7Segment segment, int number) =>
        segment.Is("MSH") ? number is 1 or 2 or 12 or 13 or 14 or 15 or 16 or 18 or 20 : number == 1 && SetIds.Contains(segment.Name);

    private static readonly HashSet<string> SetIds = new(StringComparer.Ordinal)
    {
        "PID", "NK1", "PV1", "OBR", "OBX", "NTE", "SPM", "AL1", "DG1", "PR1", "IN1", "GT1", "TQ1", "FT1",
        "AFF", "ARV", "CER", "DB1", "EDU", "IAM", "LAN", "IN3", "UB1", "UB2",
    };
}
