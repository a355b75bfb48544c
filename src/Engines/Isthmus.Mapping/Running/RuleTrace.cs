using Isthmus.Hl7v2;
using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Running;

/// <summary>What an explanation tells of a rule.</summary>
/// <param name="File">Path and line.</param>
/// <param name="Conversion">In the map's own words: <c>code AdministrativeSex</c>, <c>map CX-Identifier</c>, <c>date</c>.</param>
/// <param name="Sources">Everything the rule reads its value from.</param>
/// <param name="Asked">What its condition and its target's keys ask of the message besides.</param>
internal sealed record RuleOrigin(string File, string? Row, string? Note, string Conversion, string? When, Source[] Sources, Source[] Asked);

/// <summary>The nodes that one application of a rule made.</summary>
internal sealed record TracedRule(int First, int End, CompiledMap Map, RuleOrigin Rule, IReadOnlyList<Hl7Location> Sources, IReadOnlyList<(string Table, Coded Row)> Terms);

/// <summary>Notes while a message is translated which rule makes which nodes. Kept only for a run that is to be explained.</summary>
internal sealed class RuleTrace
{
    private readonly List<TracedRule> rules = [];
    private readonly List<(string, Coded)> looked = [];
    private readonly HashSet<Hl7Location> read = [];
    private readonly HashSet<string> texts = new(StringComparer.Ordinal);
    private readonly List<(Hl7Location Field, string Text)> idle = [];

    /// <summary>Whether something was made of a field, or of the same text elsewhere for which its rule would have stood.</summary>
    public bool HasRead(Hl7Location field) =>
        read.Contains(FieldOf(field)) || idle.Exists(found => found.Field == FieldOf(field) && texts.Contains(found.Text));

    /// <summary>Notes that something was made of what stands there.</summary>
    public void Read(TranslationRun run, Slice slice)
    {
        if (run.Text.IsValued(slice))
        {
            read.Add(FieldOf(run.Message.Locate(slice.Start)));
            texts.Add(TextOf(run, slice));
        }
    }

    /// <summary>Notes what decided that a segment runs through a map.</summary>
    public void ReadAsked(TranslationRun run, SegmentUse use, int segment, int group)
    {
        foreach (var (asked, field) in use.Asked)
        {
            var at = run.Groups.KeyAt(segment) == asked ? segment : run.Groups.Nearest(group, asked);
            if (at >= 0)
            {
                Read(run, run.FieldOf(at, field));
            }
        }
    }

    /// <summary>Notes what a map read of a value of which the message has made its resource before.</summary>
    public void ReadAgain(TranslationRun run, int frame)
    {
        foreach (var source in run.FrameAt(frame).Map.Blocks.SelectMany(block => block.Rules).SelectMany(rule => rule.Origin.Sources))
        {
            Read(run, source(run, frame));
        }
    }

    public void Look(string table, Coded row) => looked.Add((table, row));

    public void Apply(TranslationRun run, int frame, CompiledRule rule, Slice value)
    {
        var map = run.FrameAt(frame).Map;
        var sources = rule.Origin.Sources.Select(source => source(run, frame)).Where(run.Text.IsValued)
            .Select(slice => Place(run, slice)).Distinct().ToList();
        var first = run.Builder.NodeCount;
        var before = looked.Count;
        rule.Apply(run, frame, value);
        if (run.Builder.NodeCount == first)
        {
            idle.AddRange(rule.Origin.Sources.Select(source => source(run, frame)).Where(run.Text.IsValued)
                .Select(slice => (FieldOf(run.Message.Locate(slice.Start)), TextOf(run, slice))));
        }
        else
        {
            foreach (var source in rule.Origin.Sources.Concat(rule.Origin.Asked))
            {
                Read(run, source(run, frame));
            }

            rules.Add(new TracedRule(first, run.Builder.NodeCount, map, rule.Origin, sources, looked[before..]));
        }

        looked.RemoveRange(before, looked.Count - before);
    }

    private static Hl7Location FieldOf(Hl7Location place) => new(place.Segment, place.Occurrence, place.Field);

    private static string TextOf(TranslationRun run, Slice slice) => System.Text.Encoding.UTF8.GetString(run.Text.Bytes(slice));

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
