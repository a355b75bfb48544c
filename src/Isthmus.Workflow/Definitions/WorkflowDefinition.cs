namespace Isthmus.Workflow.Definitions;

/// <summary>
/// A declared state machine: what starts it, whose work it becomes, and what may happen in each state. Built only by
/// <see cref="DefinitionReader"/>, which has checked it; immutable, and an instance keeps the one it was started with.
/// </summary>
/// <param name="Owner">Who answers for the workflow.</param>
/// <param name="StartsOn">The signal kind that starts an instance.</param>
/// <param name="StartAudit">The ledger kind that the start owes.</param>
/// <param name="Pools">In the order of the file: the first whose location fits takes the task.</param>
/// <param name="Source">The file it was read from, as stored with the instances that run it.</param>
internal sealed record WorkflowDefinition(
    string Name, string Version, string Purpose, string Owner, string StartsOn, string StartAudit, TaskWords Task,
    IReadOnlyList<Pool> Pools, string Initial, IReadOnlyDictionary<string, WorkflowState> States, string Source)
{
    /// <summary>Name and version, as ledger events record them: <c>critical-result@1.0.0</c>.</summary>
    public string Id => $"{Name}@{Version}";

    /// <summary>The pools a task at this location goes to, in turn.</summary>
    public IReadOnlyList<string> PathFrom(string location)
    {
        var pool = Pools.FirstOrDefault(p => p.Covers(location)) ?? Pools.First(p => p.IsDefault);
        return [pool.Name, .. pool.EscalatesTo];
    }
}

/// <summary>What the task says to whoever takes it; names in braces in the title are filled from the signal.</summary>
internal sealed record TaskWords(string Title, string Why, string NextAction);

/// <param name="Locations">Patterns of points of care, <c>*</c> for any characters.</param>
/// <param name="EscalatesTo">Pools to which an unanswered task goes in turn.</param>
/// <param name="IsDefault">Takes what no pattern fits.</param>
internal sealed record Pool(string Name, IReadOnlyList<string> Locations, IReadOnlyList<string> EscalatesTo, bool IsDefault)
{
    public bool Covers(string location) => Locations.Any(pattern => Fits(pattern, location));

    private static bool Fits(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        var star = pattern.IndexOf('*');
        if (star < 0)
        {
            return pattern.Equals(text, StringComparison.OrdinalIgnoreCase);
        }

        if (!text.StartsWith(pattern[..star], StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var rest = pattern[(star + 1)..];
        for (var from = star; from <= text.Length; from++)
        {
            if (Fits(rest, text[from..]))
            {
                return true;
            }
        }

        return false;
    }
}

/// <param name="CompleteWithin">The target for leaving the state; null where there is none.</param>
/// <param name="Owner">The pool that owns the task in this state; null leaves it where it is.</param>
/// <param name="On">What may happen, by event.</param>
internal sealed record WorkflowState(
    string Name, TimeSpan? CompleteWithin, string? Owner, IReadOnlyList<StateTimer> Timers,
    IReadOnlyDictionary<string, Transition> On, bool IsFinal);

/// <summary>Raises an event when the state has lasted so long.</summary>
internal sealed record StateTimer(TimeSpan After, string Raises);

/// <param name="ToNextPool">The task moves on along its escalation path.</param>
/// <param name="ReadBackRequired">Whoever acts must record what was read back.</param>
/// <param name="Outcomes">One of these must be given; empty asks for none.</param>
/// <param name="Audit">The ledger kind this step owes.</param>
internal sealed record Transition(string To, bool ToNextPool, bool ReadBackRequired, IReadOnlyList<string> Outcomes, string Audit);

/// <summary>Events that people raise. All others come from timers and signals.</summary>
internal static class HumanActions
{
    public const string Acknowledge = "acknowledge";
    public const string Complete = "complete";
    public const string Escalate = "escalate";
}
