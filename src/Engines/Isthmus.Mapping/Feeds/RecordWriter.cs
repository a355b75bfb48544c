using System.Globalization;
using Isthmus.Hl7v2;

namespace Isthmus.Mapping.Feeds;

/// <summary>Writes one record as a message: values into the fields of their columns, escaped, dates in HL7's form.</summary>
internal sealed class RecordWriter(FeedMap feed)
{
    private static readonly string[] IsoForms =
        ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm:ss.FFFF", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"];

    private readonly Hl7MessageBuilder builder = new();
    private readonly List<FeedFinding> findings = [];
    private readonly HashSet<string> unknown = new(StringComparer.Ordinal);

    public void Begin(int number)
    {
        builder.Clear();
        findings.Clear();
        unknown.Clear();
        var header = builder.Segment("MSH");
        header.Set(9, FeedMap.TypeOf(feed.Name));
        header.Set(10, number.ToString(CultureInfo.InvariantCulture));
        header.Set(11, "P");
        header.Set(12, "2.8");
        header.Set(18, "UNICODE UTF-8");
    }

    public Hl7WritableSegment Segment(string array) => builder.Segment(feed.Columns.SegmentOf(array));

    public void Find((string Rule, string Message) what, string column) => findings.Add(new FeedFinding(what.Rule, column, what.Message));

    public void Unknown(string column) => unknown.Add(column);

    /// <summary>Sets a value; the second of an array of values is the second repetition.</summary>
    public void Set(Hl7WritableSegment segment, FeedColumn column, string value, int repetition = 1)
    {
        if (value.Length > 0 && !segment.Set(column.Field, repetition, 1, column.Date is null ? value : Date(column, value)))
        {
            Find(FeedRules.Unwritable, column.Name);
        }
    }

    public FeedRecord Done(int number) =>
        new(number, Hl7Message.Parse(builder.ToArray()).Message, [.. findings], [.. unknown.Order(StringComparer.Ordinal)]);

    private string Date(FeedColumn column, string value)
    {
        string[] forms = column.Date == "iso" ? IsoForms : [column.Date!];
        foreach (var form in forms)
        {
            if (!DateTimeOffset.TryParseExact(value, form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
            {
                continue;
            }

            var precise = form.Contains('F', StringComparison.Ordinal) || form.Contains("ss", StringComparison.Ordinal) ? "yyyyMMddHHmmss"
                : form.Contains("mm", StringComparison.Ordinal) ? "yyyyMMddHHmm"
                : form.Contains('d', StringComparison.Ordinal) ? "yyyyMMdd"
                : form.Contains('M', StringComparison.Ordinal) ? "yyyyMM" : "yyyy";
            var hasOffset = form.Contains('K', StringComparison.Ordinal) && (value.EndsWith('Z') || value[^6] is '+' or '-');
            return date.ToString(precise, CultureInfo.InvariantCulture) + (hasOffset ? date.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", string.Empty, StringComparison.Ordinal) : string.Empty);
        }

        Find(FeedRules.Date, column.Name);
        return value;
    }
}
