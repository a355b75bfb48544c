using System.Text.RegularExpressions;

namespace Isthmus.Fhir.Paths;

/// <summary>
/// <c>matches()</c>, <c>matchesFull()</c>, <c>replaceMatches()</c>. The pattern last seen stays compiled.
/// Matching never backtracks, so that its time grows with the text only; patterns that would need it are refused.
/// </summary>
internal sealed class RegexNode(int position, PathNode source, PathNode pattern, PathNode? substitution, PathNode? flags, bool full) : PathNode(position)
{
    /// <summary>Preparing a pattern takes about as long as so many steps.</summary>
    private const int StepsToCompile = 2_000;
    private const int StepsPerPatternCharacter = 50;

    private Compiled? last;

    /// <summary>A pattern with its expression, or the rule it breaks.</summary>
    private sealed record Compiled(string Pattern, RegexOptions Options, TimeSpan Time, int Weight, Regex? Regex);

    public override void Push(PathRun run)
    {
        var from = run.Count;
        source.Push(run);
        var given = run.Single(from, Position, out var input);
        run.Count = from;
        pattern.Push(run);
        given &= run.Single(from, Position, out var wanted);
        run.Count = from;
        var by = "";
        if (given && substitution is not null)
        {
            substitution.Push(run);
            given = run.Single(from, Position, out var replacement) && (by = replacement.AsString()) is not null;
            run.Count = from;
        }

        var options = RegexOptions.None;
        if (given && flags is not null)
        {
            flags.Push(run);
            options = run.Single(from, Position, out var letters) ? OptionsOf(run, letters.AsString() ?? "") : RegexOptions.None;
            run.Count = from;
        }

        if (given && Find(run, wanted, options) is { Regex: { } regex, Weight: var weight } && StringFunctions.Text(run, input, Position, out var text)
            && run.Spend((int)Math.Min((long)text.Length * weight, int.MaxValue / 2), Position))
        {
            Match(run, regex, text, by!);
        }
    }

    private void Match(PathRun run, Regex regex, ReadOnlySpan<char> text, string by)
    {
        try
        {
            if (substitution is null)
            {
                run.Push(regex.IsMatch(text));
                return;
            }

            // An empty pattern replaces nothing.
            var whole = text.ToString();
            var result = regex.ToString().Length == 0 ? whole : regex.Replace(whole, by);
            if (result.Length > run.Context.Limits.MaxText)
            {
                run.Fail(PathRules.TextLength, Position);
            }

            run.Push(result);
        }
        catch (RegexMatchTimeoutException)
        {
            run.Fail(PathRules.RegexTime, Position);
        }
    }

    /// <summary>Flags of the drafts: <c>i</c> ignores case, <c>m</c> lets ^ and $ match at every line.</summary>
    private RegexOptions OptionsOf(PathRun run, string letters)
    {
        var options = RegexOptions.None;
        foreach (var letter in letters)
        {
            switch (letter)
            {
                case 'i': options |= RegexOptions.IgnoreCase; break;
                case 'm': options |= RegexOptions.Multiline; break;
                default: run.Fail(PathRules.Argument, Position); break;
            }
        }

        return options;
    }

    private Compiled? Find(PathRun run, in FhirPathValue wanted, RegexOptions options)
    {
        if (!run.Text(wanted, second: true, out var text))
        {
            run.Fail(PathRules.Argument, Position);
            return null;
        }

        var time = run.Context.Limits.MaxRegexTime;
        var known = last;
        if (known is null || !text.SequenceEqual(known.Pattern) || known.Options != options || known.Time != time)
        {
            if (!run.Spend(StepsToCompile + (StepsPerPatternCharacter * text.Length), Position))
            {
                return null;
            }

            last = known = new Compiled(text.ToString(), options, time, WeightOf(text), Compile(text.ToString(), options, time));
        }

        if (known.Regex is null)
        {
            run.Fail(PathRules.Regex, Position);
        }

        return known;
    }

    /// <summary>
    /// How many steps a character of the text counts for. Matching is linear in the text, but a long pattern, or one with large
    /// counts (<c>x{1,1000}</c>), may be in many states at a time.
    /// </summary>
    private static int WeightOf(ReadOnlySpan<char> pattern)
    {
        var weight = 16L + pattern.Length;
        var number = 0L;
        foreach (var character in pattern)
        {
            number = char.IsAsciiDigit(character) ? Math.Min((number * 10) + character - '0', int.MaxValue) : 0;
            weight += number;
        }

        return (int)Math.Min(weight / 16, int.MaxValue);
    }

    private Regex? Compile(string text, RegexOptions options, TimeSpan time)
    {
        if (text.Length > FhirPathLimits.MaxPattern)
        {
            return null;
        }

        try
        {
            return new Regex(
                full ? $"\\A(?:{text})\\z" : text,
                options | RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant,
                time);
        }
        catch (Exception refused) when (refused is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
