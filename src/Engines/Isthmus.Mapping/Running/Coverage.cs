using Isthmus.Hl7v2;

namespace Isthmus.Mapping.Running;

/// <summary>Which fields of a message nothing was made of.</summary>
internal static class Coverage
{
    public static IEnumerable<Hl7Location> Unread(TranslationRun run, MessageMap? map)
    {
        for (var index = 0; index < (map is null ? 0 : run.Groups.SegmentCount); index++)
        {
            var segment = run.Groups.SegmentAt(index);
            HashSet<int>? read = null;
            var mapped = run.Groups.GroupOf(index) >= 0 && map!.Read.TryGetValue(run.Groups.KeyAt(index), out read);
            for (var number = 1; number <= segment.FieldCount; number++)
            {
                var field = segment.Field(number);
                if (field.Exists && !field.IsEmpty && !(mapped && read!.Contains(number)) && !IsEnvelope(segment, number))
                {
                    yield return field.Location;
                }
            }
        }
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
