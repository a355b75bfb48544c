using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Compiling;

/// <summary>Facts of a map gathered into questions: those that compare the same value are one.</summary>
internal static class FactQuestions
{
    /// <summary>By the number of a fact, the question that answers it.</summary>
    public static Question[] Of(IReadOnlyList<ParsedCondition> facts)
    {
        var questions = new Question[facts.Count];
        foreach (var alike in Enumerable.Range(0, facts.Count).GroupBy(number => facts[number].Compared?.Subject ?? facts[number].Text, StringComparer.Ordinal))
        {
            var numbers = alike.ToArray();
            var question = Of(facts[numbers[0]], numbers, facts);
            Array.ForEach(numbers, number => questions[number] = question);
        }

        return questions;
    }

    private static Question Of(ParsedCondition first, int[] numbers, IReadOnlyList<ParsedCondition> facts)
    {
        var bits = numbers.Aggregate(0UL, (sum, number) => sum | (1UL << number));
        if (first.Compared is not null)
        {
            return new Question(bits, Comparison.Together([.. numbers.Select(number => (1UL << number, facts[number].Compared!))]));
        }

        var holds = first.Run;
        return new Question(bits, (run, frame) => holds(run, frame) ? bits : 0);
    }
}
