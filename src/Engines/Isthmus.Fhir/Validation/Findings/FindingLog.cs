using System.Diagnostics.CodeAnalysis;
using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Validation.Findings;

/// <summary>
/// Collects findings during a walk. What costs (paths, lines) is worked out at the end, and only for what is reported.
/// A trial, such as asking whether an element conforms to a slice, notes its first error and nothing else, and takes it back afterwards.
/// </summary>
internal sealed class FindingLog(FhirTape tape, int limit, bool stopAtFirstError, FindingSeverity least = FindingSeverity.Information)
{
    private readonly List<Entry> entries = [];
    private Stack<int>? trials;
    private bool ended;

    /// <summary>Nothing more need be looked at: the first error was asked for or decides a trial, or there are more findings than anybody reads.</summary>
    public bool Full => ended || (InTrial && entries.Count > trials.Peek());

    public int Count => entries.Count;

    [MemberNotNullWhen(true, nameof(trials))]
    private bool InTrial => trials is { Count: > 0 };

    /// <summary>Whose demands are being checked; null for FHIR itself.</summary>
    public string? Profile { get; set; }

    public void Add(FindingRule rule, int node, string? first = null, string? second = null, string? third = null) =>
        AddWithin(rule, node, node, first, second, third);

    /// <summary>Reports what stands at one node as a fault of another, such as an unknown property as one of its element.</summary>
    public void AddWithin(FindingRule rule, int place, int node, string? first = null, string? second = null, string? third = null)
    {
        if (Full || rule.Severity < (InTrial ? FindingSeverity.Error : least))
        {
            return;
        }

        if (entries.Count >= limit && !InTrial)
        {
            entries.Add(new Entry(LimitRules.Findings, 0, 0, LimitRules.Findings.Sentence, null));
            ended = true;
            return;
        }

        entries.Add(new Entry(rule, place, node, rule.Say(first, second, third), Profile));
        ended = stopAtFirstError && !InTrial && rule.Severity >= FindingSeverity.Error;
    }

    public void BeginTrial() => (trials ??= new Stack<int>()).Push(entries.Count);

    /// <summary>Ends the innermost trial; null if it found no error, else the first error's sentence.</summary>
    public string? EndTrial()
    {
        var mark = trials!.Pop();
        if (entries.Count == mark)
        {
            return null;
        }

        var error = entries[mark].Message;
        entries.RemoveRange(mark, entries.Count - mark);
        return error;
    }

    /// <summary>The findings in the order of the text. One pass over the text finds all lines.</summary>
    public IReadOnlyList<Finding> ToFindings()
    {
        if (entries.Count == 0)
        {
            return [];
        }

        var text = tape.Text.AsSpan(0, tape.TextLength);
        var findings = new List<Finding>(entries.Count);
        var lines = new LineCount(text);
        foreach (var entry in entries.OrderBy(entry => OffsetOf(entry.Node)))
        {
            findings.Add(new Finding(entry.Rule, FhirLocation.Of(tape, entry.Place), lines.At(OffsetOf(entry.Node)), entry.Message, entry.Profile));
        }

        return findings;
    }

    /// <summary>Where the element's name stands, or the value itself where it has none.</summary>
    private int OffsetOf(int node)
    {
        ref var at = ref tape.Nodes[node];
        return at.NameLength > 0 ? at.NameStart - 1 : Math.Max(0, at.Kind == FhirKind.String ? at.Start - 1 : at.Start);
    }

    private readonly record struct Entry(FindingRule Rule, int Place, int Node, string Message, string? Profile);

    /// <summary>Lines and columns of offsets that only grow.</summary>
    private ref struct LineCount(ReadOnlySpan<byte> text)
    {
        private readonly ReadOnlySpan<byte> text = text;
        private int offset;
        private int line = 1;
        private int lineStart;

        public JsonPosition At(int target)
        {
            target = Math.Min(target, text.Length);
            while (text[offset..target].IndexOf((byte)'\n') is var found and >= 0)
            {
                offset += found + 1;
                lineStart = offset;
                line++;
            }

            offset = Math.Max(offset, Math.Min(target, text.Length));
            return new JsonPosition(target, line, target - lineStart + 1);
        }
    }
}
