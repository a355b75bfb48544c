namespace Isthmus.Exchange.Contracts;

/// <summary>
/// What becomes of a message of which something is missing or wrong. It is annotated and goes on; only what is named here asks a
/// person, waits or is quarantined.
/// </summary>
/// <param name="Critical">Gaps that a person must close while the message goes on.</param>
/// <param name="Findings">Findings that are more than a note; the first that fits decides.</param>
public sealed record CompletenessTerms(IReadOnlyList<CriticalGap> Critical, IReadOnlyList<FindingRule> Findings)
{
    public static CompletenessTerms None { get; } = new([], []);
}

/// <summary>A field whose lack (nothing there, or nothing usable) asks a person to supply it.</summary>
/// <param name="Messages">The messages that must bring it, such as <c>ADT^A01</c>; empty for all of the contract's.</param>
/// <param name="Why">What cannot be done without it: a few words without patient data, for the task's title.</param>
public sealed record CriticalGap(FieldLocation Field, IReadOnlyList<string> Messages, string Why);

/// <param name="Rule">A finding's rule id; with <c>*</c> at its end every id that begins so.</param>
/// <param name="At">A field (<c>PID-7</c>) or an element (<c>Encounter.class</c>) at or below which it was found; empty for anywhere.</param>
public sealed record FindingRule(string Rule, string At, FindingAction Then)
{
    /// <summary>Whether a finding is meant. Repetitions and positions (<c>[2]</c>) in its location do not count.</summary>
    public bool Fits(Finding finding) => FitsRule(finding.Rule) && (At.Length == 0 || FitsPlace(finding.Location));

    private bool FitsRule(string rule) =>
        Rule.EndsWith('*') ? rule.AsSpan().StartsWith(Rule.AsSpan(0, Rule.Length - 1), StringComparison.Ordinal) : rule == Rule;

    private bool FitsPlace(string location)
    {
        Span<char> plain = location.Length <= 512 ? stackalloc char[location.Length] : new char[location.Length];
        var (length, depth) = (0, 0);
        foreach (var c in location)
        {
            depth += c == '[' ? 1 : 0;
            if (depth == 0)
            {
                plain[length++] = c;
            }

            depth -= c == ']' ? 1 : 0;
        }

        // Behind a choice element its type follows: Observation.value is also valueQuantity.
        return plain[..length].StartsWith(At, StringComparison.Ordinal)
            && (length == At.Length || plain[At.Length] == '.' || (At.Contains('.', StringComparison.Ordinal) && char.IsAsciiLetterUpper(plain[At.Length])));
    }
}

public enum FindingAction
{
    /// <summary>The message goes on; the finding stands on its page.</summary>
    Note,

    /// <summary>The message waits for a person.</summary>
    Hold,

    /// <summary>The message is quarantined.</summary>
    Quarantine,
}
