using Isthmus.Hl7v2;
using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Running;

/// <summary>What an explanation tells of a rule.</summary>
/// <param name="File">Path and line.</param>
/// <param name="Conversion">In the map's own words: <c>code AdministrativeSex</c>, <c>map CX-Identifier</c>, <c>date</c>.</param>
/// <param name="Sources">Everything the rule reads its value from.</param>
internal sealed record RuleOrigin(string File, string? Row, string? Note, string Conversion, string? When, Source[] Sources);

/// <summary>The nodes that one application of a rule made.</summary>
internal sealed record TracedRule(int First, int End, CompiledMap Map, RuleOrigin Rule, IReadOnlyList<Hl7Location> Sources, IReadOnlyList<(string Table, Coded Row)> Terms);

/// <summary>Notes while a message is translated which rule makes which nodes. Kept only for a run that is to be explained.</summary>
internal sealed class RuleTrace
{
    private readonly List<TracedRule> rules = [];
    private readonly List<(string, Coded)> looked = [];

    public void Look(string table, Coded row) => looked.Add((table, row));

    public void Apply(TranslationRun run, int frame, CompiledRule rule, Slice value)
    {
        var map = run.FrameAt(frame).Map;
        var sources = rule.Origin.Sources.Select(source => source(run, frame)).Where(run.Text.IsValued)
            .Select(slice => Place(run, slice)).Distinct().ToList();
        var first = run.Builder.NodeCount;
        var before = looked.Count;
        rule.Apply(run, frame, value);
        if (run.Builder.NodeCount > first)
        {
            rules.Add(new TracedRule(first, run.Builder.NodeCount, map, rule.Origin, sources, looked[before..]));
        }

        looked.RemoveRange(before, looked.Count - before);
    }

    /// <summary>The offset alone does not tell a field from its first component; the slice knows how deep it lies.</summary>
    private static Hl7Location Place(TranslationRun run, Slice slice)
    {
        var place = run.Message.Locate(slice.Start);
        return slice.Level == Level.Repetition ? place : place with
        {
            Component = Math.Max(place.Component, 1),
            Subcomponent = slice.Level == Level.Subcomponent ? Math.Max(place.Subcomponent, 1) : place.Subcomponent,
        };
    }

    /// <summary>By node, the innermost rule that made it: rules that others call are noted before them.</summary>
    public TracedRule?[] ByNode(int nodes)
    {
        var made = new TracedRule?[nodes];
        foreach (var rule in rules)
        {
            for (var node = rule.First; node < rule.End; node++)
            {
                made[node] ??= rule;
            }
        }

        return made;
    }
}
