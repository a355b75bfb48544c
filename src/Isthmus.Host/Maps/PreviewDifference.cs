using Isthmus.Exchange;
using Isthmus.Mapping;
using Isthmus.Mediation.Preview;

namespace Isthmus.Host.Maps;

/// <summary>One element that a candidate makes otherwise.</summary>
/// <param name="Change"><c>added</c>, <c>removed</c>, <c>changed</c>, or <c>rule</c> where another rule says the same.</param>
/// <param name="RuleBefore">Map, row, file and line; null for what was added.</param>
/// <param name="Before">The value; patient data, null unless it was asked for.</param>
internal sealed record ElementChange(
    string Change, string Resource, string Element, string? RuleBefore, string? RuleAfter, string? Before, string? After);

/// <summary>How a candidate treats one message beside the site in force. Without values it holds no patient data.</summary>
internal sealed record PreviewDifference(
    long Message, string Source, string? StoppedBefore, string? StoppedAfter, IReadOnlyList<ElementChange> Elements,
    IReadOnlyList<string> FindingsGone, IReadOnlyList<string> FindingsNew, IReadOnlyList<string> UnreadGone, IReadOnlyList<string> UnreadNew)
{
    public bool IsEmpty => StoppedBefore == StoppedAfter && Elements.Count + FindingsGone.Count + FindingsNew.Count + UnreadGone.Count + UnreadNew.Count == 0;

    /// <param name="values">Whether values are told.</param>
    public static PreviewDifference Between(PastMessage message, Previewed before, Previewed after, bool values)
    {
        var old = ByPlace(before);
        var now = ByPlace(after);
        var changes = new List<ElementChange>();
        foreach (var place in old.Keys.Union(now.Keys))
        {
            var (was, becomes) = (old.GetValueOrDefault(place), now.GetValueOrDefault(place));
            if (ChangeOf(was, becomes) is { } change)
            {
                changes.Add(new ElementChange(
                    change, TypeOf(place.Resource), place.Path, RuleOf(was), RuleOf(becomes), values ? was?.Value : null, values ? becomes?.Value : null));
            }
        }

        var (findingsBefore, findingsAfter) = (Words(before.Findings), Words(after.Findings));
        return new PreviewDifference(
            message.Id, message.Source, before.Stopped, after.Stopped, changes,
            [.. findingsBefore.Except(findingsAfter)], [.. findingsAfter.Except(findingsBefore)],
            [.. before.Unread.Except(after.Unread)], [.. after.Unread.Except(before.Unread)]);
    }

    private static Dictionary<(string Resource, string Path), ExplainedElement> ByPlace(Previewed previewed) =>
        previewed.Elements.DistinctBy(e => (e.Resource, e.Path)).ToDictionary(e => (e.Resource, e.Path));

    /// <summary>What names the map's own version differs in every message, and says nothing.</summary>
    private static string? ChangeOf(ExplainedElement? was, ExplainedElement? becomes) => (was, becomes) switch
    {
        (null, { }) => "added",
        ({ }, null) => "removed",
        ({ } one, { } other) when one.Value != other.Value => one.Path.StartsWith("Provenance.entity", StringComparison.Ordinal) ? null : "changed",
        ({ } one, { } other) when one.Map != other.Map || one.Row != other.Row || one.Conversion != other.Conversion => "rule",
        _ => null,
    };

    private static string? RuleOf(ExplainedElement? element) =>
        element is null ? null : $"{element.Map}{(element.Row is null ? string.Empty : $" row {element.Row}")} {element.File}";

    /// <summary>The id is made of the patient's number.</summary>
    private static string TypeOf(string resource) => resource.Split('/')[0];

    private static HashSet<string> Words(IReadOnlyList<Finding> findings) => [.. findings.Select(f => $"{f.Rule} at {f.Location}")];
}
