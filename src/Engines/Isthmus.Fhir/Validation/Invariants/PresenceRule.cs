using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Validation.Invariants;

/// <summary>
/// An invariant that only asks which children are there, such as <c>name.exists() or telecom.exists()</c> or
/// <c>code.empty() or system.exists()</c>; most of FHIR's are of this kind. Answered by looking at names, without FHIRPath;
/// that both give the same answer is tested.
/// </summary>
internal sealed class PresenceRule
{
    private readonly Term[][] anyOfAll;

    private PresenceRule(Term[][] anyOfAll) => this.anyOfAll = anyOfAll;

    /// <summary>The rule of an expression; null if the expression asks for more than presence.</summary>
    /// <param name="expression">The invariant.</param>
    /// <param name="namesOf">The JSON names of a child of the focus: several for a choice, none if it has no such child.</param>
    public static PresenceRule? Of(string expression, Func<string, int[]> namesOf)
    {
        var any = new List<Term[]>();
        foreach (var alternative in expression.Split(" or "))
        {
            var all = alternative.Split(" and ").Select(text => TermOf(text, namesOf)).ToArray();
            if (Array.Exists(all, term => term is null))
            {
                return null;
            }

            any.Add([.. all.Select(term => term!)]);
        }

        return new PresenceRule([.. any]);
    }

    public bool Holds(FhirTape tape, int focus)
    {
        foreach (var all in anyOfAll)
        {
            var holds = true;
            foreach (var term in all)
            {
                holds &= IsThere(tape, focus, term) == term.Wanted;
            }

            if (holds)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsThere(FhirTape tape, int focus, Term term)
    {
        for (var child = tape.Nodes[focus].First; child >= 0; child = tape.Nodes[child].Next)
        {
            ref var node = ref tape.Nodes[child];
            if (term.Names.AsSpan().Contains(node.Name) && !(term.NeedsValue && (node.Flags & FhirNodeFlags.Sibling) != FhirNodeFlags.None))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary><c>name.exists()</c>, <c>name.empty()</c>, <c>name.hasValue()</c>, each perhaps with <c>.not()</c>, perhaps in brackets.</summary>
    private static Term? TermOf(string text, Func<string, int[]> namesOf)
    {
        text = text.Trim();
        if (text.StartsWith('(') && text.EndsWith(')') && text.IndexOf(')', StringComparison.Ordinal) is var close && !text[1..].Contains('(', StringComparison.Ordinal) && close == text.Length - 1)
        {
            text = text[1..^1].Trim();
        }

        var wanted = true;
        if (text.EndsWith(".not()", StringComparison.Ordinal))
        {
            (text, wanted) = (text[..^6], false);
        }

        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var name = dot > 0 ? text[..dot] : "";
        if (name.Length == 0 || !name.All(char.IsAsciiLetterOrDigit) || namesOf(name) is not { Length: > 0 } names)
        {
            return null;
        }

        return text[(dot + 1)..] switch
        {
            "exists()" => new Term(names, wanted, NeedsValue: false),
            "empty()" => new Term(names, !wanted, NeedsValue: false),
            "hasValue()" => new Term(names, wanted, NeedsValue: true),
            _ => null,
        };
    }

    private sealed record Term(int[] Names, bool Wanted, bool NeedsValue);
}
