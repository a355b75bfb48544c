using System.Globalization;
using System.Security.Cryptography;
using Isthmus.Hl7v2;

namespace Isthmus.Mapping.Feeds;

/// <summary>Writes one record as a message: values into the fields of their columns, escaped, dates in HL7's form.</summary>
internal sealed class RecordWriter(FeedMap feed)
{
    private const int ControlIdBytes = 16;

    /// <summary>HL7's null (v2.5.1 §2.5.3), which a reader of the record would take for nothing.</summary>
    private const string Null = "\"\"";

    private static readonly string[] IsoForms =
        ["yyyy-MM-dd", "yyyy-MM", "yyyy", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm:ss.FFFF", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"];

    private readonly Hl7MessageBuilder builder = new();
    private readonly List<FeedFinding> findings = [];
    private readonly SortedSet<string> unknown = new(StringComparer.Ordinal);
    private readonly List<RecordPart> parts = [];
    private readonly HashSet<FeedColumn> valued = [];
    private readonly Dictionary<string, int> ordinals = new(StringComparer.Ordinal);
    private Hl7WritableSegment header = null!;

    public void Begin()
    {
        builder.Clear();
        findings.Clear();
        unknown.Clear();
        parts.Clear();
        valued.Clear();
        ordinals.Clear();
        header = builder.Segment("MSH");
        header.Set(9, FeedMap.TypeOf(feed.Name));
    }

    /// <summary>The next element of an array, or (empty) the record's own values.</summary>
    public RecordPart Part(string array)
    {
        var part = new RecordPart(array, ordinals[array] = ordinals.GetValueOrDefault(array) + 1, builder.Segment(feed.Columns.SegmentOf(array)));
        parts.Add(part);
        return part;
    }

    public void Find((string Rule, string Message) what, string place) => findings.Add(new FeedFinding(what.Rule, place, what.Message));

    /// <summary>Finds something at a path of an element, which is named by its ordinal.</summary>
    public void Find((string Rule, string Message) what, RecordPart part, string path) => Find(what, FeedColumns.NameOf(path, part.Ordinal));

    public void Unknown(string column)
    {
        if (unknown.Add(column))
        {
            Find(FeedRules.ColumnUnknown, column);
        }
    }

    /// <summary>Sets a value; the second of an array of values is the second repetition.</summary>
    public void Set(RecordPart part, FeedColumn column, string value, int repetition = 1)
    {
        if (value.Length == 0)
        {
            return;
        }

        part.Valued.Add(column);
        valued.Add(column);
        if (value == Null || !part.Segment.Set(column.Field, repetition, 1, column.Date is null ? value : Date(part, column, value)))
        {
            Find(FeedRules.Unwritable, part, column.Name);
        }
    }

    /// <summary>The record as a message, which is told from others by what it says: rows of two files have the same numbers.</summary>
    public FeedRecord Done(int number)
    {
        foreach (var key in feed.Keys)
        {
            foreach (var part in parts.Where(part => part.Array == key.Array && !key.Alternatives.Any(column => IsValued(part, column))))
            {
                Find(FeedRules.KeyEmpty, part, key.Alternatives[0].Name);
            }
        }

        header.Set(10, Convert.ToHexStringLower(SHA256.HashData(builder.ToArray()).AsSpan(0, ControlIdBytes)));
        header.Set(11, "P");
        header.Set(12, "2.8");
        header.Set(18, "UNICODE UTF-8");
        var message = Hl7Message.Parse(builder.ToArray()).Message;
        if (message is null)
        {
            Find(FeedRules.RecordTooLong, "record");
        }

        return new(number, message, [.. findings], [.. unknown]);
    }

    /// <summary>A record of which nothing is read, with what was found.</summary>
    public FeedRecord Unread(int number) => new(number, null, [.. findings], [.. unknown]);

    private bool IsValued(RecordPart part, FeedColumn column) =>
        part.Valued.Contains(column) || (column.Segment != part.Segment.Name && valued.Contains(column));

    private string Date(RecordPart part, FeedColumn column, string value)
    {
        string[] forms = column.Date == "iso" ? IsoForms : [column.Date!];
        foreach (var form in forms)
        {
            if (!DateTimeOffset.TryParseExact(value, form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
            {
                continue;
            }

            var precise = form.Contains('F', StringComparison.Ordinal) ? "yyyyMMddHHmmss.FFFF"
                : form.Contains("ss", StringComparison.Ordinal) ? "yyyyMMddHHmmss"
                : form.Contains("mm", StringComparison.Ordinal) ? "yyyyMMddHHmm"
                : form.Contains('d', StringComparison.Ordinal) ? "yyyyMMdd"
                : form.Contains('M', StringComparison.Ordinal) ? "yyyyMM" : "yyyy";
            var hasOffset = form.Contains('K', StringComparison.Ordinal) && (value.EndsWith('Z') || value[^6] is '+' or '-');
            return date.ToString(precise, CultureInfo.InvariantCulture) + (hasOffset ? date.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", string.Empty, StringComparison.Ordinal) : string.Empty);
        }

        Find(FeedRules.Date, part, column.Name);
        return value;
    }
}

/// <summary>What stands once in a record, or one element of an array, while it is written.</summary>
/// <param name="Ordinal">Which element of the array it is in the whole record, from 1.</param>
internal sealed record RecordPart(string Array, int Ordinal, Hl7WritableSegment Segment)
{
    public HashSet<FeedColumn> Valued { get; } = [];
}
