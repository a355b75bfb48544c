using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Compiling;

/// <summary>A condition, or a part of one, while it is compiled.</summary>
internal sealed record ParsedCondition(Condition Run, Clauses Clauses)
{
    /// <summary>Its words; null where the answer changes with what the rules make.</summary>
    public string? Text { get; init; }

    /// <summary>Fields of the segment in hand that it looks at: their repetitions change the answer.</summary>
    public IReadOnlyList<int> Fields { get; init; } = [];

    /// <summary>What it compares, where it is nothing but a comparison.</summary>
    public Comparison? Compared { get; init; }

    /// <summary>What must hold together for this to hold.</summary>
    public IReadOnlyList<ParsedCondition> Conjuncts { get => field ?? [this]; private init; }

    public ParsedCondition And(ParsedCondition other)
    {
        var (one, two) = (Run, other.Run);
        return Join("and", other, (run, frame) => one(run, frame) && two(run, frame), Clauses.And(Clauses, other.Clauses)) with
        {
            Conjuncts = [.. Conjuncts, .. other.Conjuncts],
        };
    }

    public ParsedCondition Or(ParsedCondition other)
    {
        var (one, two) = (Run, other.Run);
        return Join("or", other, (run, frame) => one(run, frame) || two(run, frame), Clauses.Or(Clauses, other.Clauses));
    }

    public ParsedCondition Not()
    {
        var inner = Run;
        return new ParsedCondition((run, frame) => !inner(run, frame), Clauses.Not()) { Text = Text is null ? null : $"not ({Text})", Fields = Fields };
    }

    public ParsedCondition Bracketed() => new(Run, Clauses) { Text = Text is null ? null : $"({Text})", Fields = Fields };

    /// <summary>Taken apart: a bit for each fact, which the map's rules share, and what changes with what the rules have made so far.</summary>
    public (ulong Facts, Condition? OfMade) Divide(MapScope scope)
    {
        var facts = 0UL;
        Condition? rest = null;
        foreach (var test in Conjuncts)
        {
            if (scope.FactOf(test) is var number and >= 0)
            {
                facts |= 1UL << number;
            }
            else if (rest is null)
            {
                rest = test.Run;
            }
            else
            {
                var (one, two) = (rest, test.Run);
                rest = (run, frame) => one(run, frame) && two(run, frame);
            }
        }

        return (facts, rest);
    }

    private ParsedCondition Join(string word, ParsedCondition other, Condition run, Clauses clauses) => new(run, clauses)
    {
        Text = Text is null || other.Text is null ? null : $"{Text} {word} {other.Text}",
        Fields = [.. Fields, .. other.Fields],
    };
}
