using Isthmus.Hl7v2;

namespace Isthmus.Mapping.Feeds;

/// <summary>A column of a flat file, or a value of a JSON object.</summary>
internal sealed class FeedColumn(string name, string segment, int number, string? date)
{
    /// <summary>As the rules write it: <c>family</c>, <c>patient.name.family</c>, <c>results[].code</c>.</summary>
    public string Name => name;

    /// <summary>The segment of the record that holds it.</summary>
    public string Segment => segment;

    public int Field => number;

    /// <summary>The form of its dates, as .NET writes it, or <c>iso</c>; null for what is no date.</summary>
    public string? Date => date;

    /// <summary>Whether some rule goes through its values one by one.</summary>
    public bool Repeats { get; set; }
}

/// <summary>
/// Where the columns of a feed stand in its records. A record is read as a message of Z-segments: one for what stands once, one per
/// element for each array of objects, so that rules, groups, findings and coverage are those of any message.
/// </summary>
internal sealed class FeedColumns
{
    private const string Root = "";
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// <summary>The arrays a feed may have; their segments are Z00 to ZZZ, less would do.</summary>
    public const int MostArrays = 35;

    private readonly Dictionary<string, FeedColumn> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Segment, int Field), FeedColumn> byPlace = [];
    private readonly HashSet<string> objects = new(StringComparer.Ordinal);
    private readonly List<string> arrays = [Root];

    public IReadOnlyCollection<FeedColumn> All => byName.Values;

    /// <summary>The paths of arrays of objects, those that hold others first; the first is the record itself.</summary>
    public IReadOnlyList<string> Arrays => arrays;

    /// <summary>Adds a column; false if it is there already.</summary>
    public bool Add(string name, string? date)
    {
        var array = ArrayOf(name);
        for (var open = 0; open <= array.Length; open++)
        {
            if (open == array.Length || array.AsSpan(open).StartsWith("[]."))
            {
                var path = array[..open];
                if (path.Length > 0 && !arrays.Contains(path, StringComparer.Ordinal))
                {
                    arrays.Add(path);
                }
            }
        }

        for (var dot = name.IndexOf('.', StringComparison.Ordinal); dot > 0; dot = name.IndexOf('.', dot + 1))
        {
            objects.Add(name[..dot]);
        }

        var segment = SegmentOf(array);
        var column = new FeedColumn(name, segment, byName.Values.Count(column => column.Segment == segment) + 1, date);
        return byName.TryAdd(name, column) && byPlace.TryAdd((segment, column.Field), column);
    }

    public FeedColumn? Find(string name) => byName.GetValueOrDefault(name);

    public FeedColumn? At(string? segment, int field) => segment is null ? null : byPlace.GetValueOrDefault((segment, field));

    public bool IsArray(string path) => path.Length > 0 && arrays.Contains(path, StringComparer.Ordinal);

    /// <summary>Whether columns stand within an object of that path.</summary>
    public bool IsObject(string path) => objects.Contains(path);

    /// <summary>The segment of an array's elements.</summary>
    public string SegmentOf(string array) => $"Z{Digits[arrays.IndexOf(array) / Digits.Length]}{Digits[arrays.IndexOf(array) % Digits.Length]}";

    /// <summary>The array that a column's object is an element of: <c>results</c> for <c>results[].code</c>.</summary>
    public static string ArrayOf(string name) => name.LastIndexOf("[].", StringComparison.Ordinal) is var at and >= 0 ? name[..at] : Root;

    /// <summary>The array that another one's elements stand in.</summary>
    public static string Around(string array) => ArrayOf(array);

    /// <summary>What the feed calls a place of a record: <c>family</c>, <c>results[2].code</c> by its ordinal in the record.</summary>
    public string NameOf(Hl7Location place) =>
        At(place.Segment, place.Field) is { } column ? NameOf(column.Name, place.Occurrence) : "record";

    /// <inheritdoc cref="NameOf(Hl7Location)"/>
    public static string NameOf(string path, int ordinal) =>
        path.LastIndexOf("[].", StringComparison.Ordinal) is var at and >= 0 ? $"{path[..at]}[{ordinal}]{path[(at + 2)..]}" : path;
}
