using Isthmus.Mapping.Running;
using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Compiling;

/// <summary>A value compared with literals: <c>OBX-2 in (CE, CWE)</c>.</summary>
/// <param name="Subject">The source's words: what is compared under the same words is the same value.</param>
internal sealed record Comparison(string Subject, Source Innermost, byte[][] Literals, bool IsNegated)
{
    /// <summary>One question for several comparisons of the same value: a table says which of them hold for a literal, and which for all else.</summary>
    /// <param name="facts">Each with its bit.</param>
    public static Answers Together(IReadOnlyList<(ulong Bit, Comparison Compared)> facts)
    {
        var innermost = facts[0].Compared.Innermost;
        var otherwise = facts.Where(fact => fact.Compared.IsNegated).Aggregate(0UL, (bits, fact) => bits | fact.Bit);
        var byLiteral = new Dictionary<byte[], ulong>(Utf8Keys.Instance);
        foreach (var literal in facts.SelectMany(fact => fact.Compared.Literals))
        {
            byLiteral[literal] = facts.Where(fact => fact.Compared.Literals.Contains(literal, Utf8Keys.Instance) != fact.Compared.IsNegated)
                .Aggregate(0UL, (bits, fact) => bits | fact.Bit);
        }

        var table = byLiteral.GetAlternateLookup<ReadOnlySpan<byte>>();
        return (run, frame) => table.TryGetValue(run.Text.Bytes(innermost(run, frame)), out var bits) ? bits : otherwise;
    }
}
