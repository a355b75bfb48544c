using Isthmus.Hl7v2;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Feeds;

/// <summary>A flat file's or a vendor's JSON's form, and what its places are called.</summary>
public sealed class FeedMap
{
    internal const int LongestName = 40;

    internal FeedMap(string name, bool isCsv, char delimiter, bool hasHeader, FeedColumns columns, IReadOnlyList<FeedKey> keys)
    {
        Name = name;
        IsCsv = isCsv;
        Delimiter = delimiter;
        HasHeader = hasHeader;
        Columns = columns;
        Keys = keys;
    }

    public string Name { get; }

    /// <summary>Rows of a flat file; else JSON objects.</summary>
    public bool IsCsv { get; }

    internal char Delimiter { get; }

    internal bool HasHeader { get; }

    internal FeedColumns Columns { get; }

    /// <summary>What tells the resources of a record from others of their kind.</summary>
    internal IReadOnlyList<FeedKey> Keys { get; }

    /// <summary>What a finding or an unread place of a record is called in the feed's own words.</summary>
    public string NameOf(Hl7Location place) => Columns.NameOf(place);

    /// <summary>The column of a place, whichever element of its array it is in; null for what is no column's.</summary>
    public string? ColumnOf(Hl7Location place) => Columns.At(place.Segment, place.Field)?.Name;

    /// <summary>The records of a file. Each is translated like a message.</summary>
    public IEnumerable<FeedRecord> Read(ReadOnlyMemory<byte> content) => IsCsv ? CsvRecords.Read(this, content) : JsonRecords.Read(this, content);

    public override string ToString() => $"FeedMap({Name})";

    /// <summary>The message type that a feed's records bear.</summary>
    internal static string TypeOf(string name) => $"feed:{name}";

    /// <summary>Notes which columns the compiled rules go through value by value; of any other the first value counts.</summary>
    internal void TakeRepeating(MessageMap map)
    {
        foreach (var use in map.Segments.Values.SelectMany(uses => uses))
        {
            foreach (var block in use.Map.Blocks.Where(block => block.Each))
            {
                if (Columns.At(use.Map.SourceName, block.Field) is { } column)
                {
                    column.Repeats = true;
                }
            }
        }
    }
}

/// <summary>The leading part of a resource's key: columns of which one must be valued.</summary>
/// <param name="Array">The array whose elements make the resource; empty for the record.</param>
internal sealed record FeedKey(string Array, IReadOnlyList<FeedColumn> Alternatives);

/// <summary>One row or object.</summary>
/// <param name="Number">From 1, as the file has it; of a flat file, the line.</param>
/// <param name="Message">The record as it is translated; null where it cannot be read.</param>
/// <param name="Findings">What is wrong with its form: rule, column and sentence.</param>
/// <param name="Unknown">Columns that the feed's map does not list; each has a finding, too.</param>
public sealed record FeedRecord(int Number, Hl7Message? Message, IReadOnlyList<FeedFinding> Findings, IReadOnlyList<string> Unknown)
{
    /// <summary>Names the place only.</summary>
    public override string ToString() => $"FeedRecord({Number})";
}

/// <param name="Column">The column or path, <c>results[2].code</c> by its ordinal in the record; never its value.</param>
public sealed record FeedFinding(string Rule, string Column, string Message);
