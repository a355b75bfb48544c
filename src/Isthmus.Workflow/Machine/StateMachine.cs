using Isthmus.Workflow.Definitions;

namespace Isthmus.Workflow.Machine;

/// <summary>Where an instance stands.</summary>
/// <param name="Path">The pools its task goes to in turn.</param>
/// <param name="PathStep">How far along the path it has come, from 0.</param>
internal readonly record struct Standing(string State, string Pool, IReadOnlyList<string> Path, int PathStep);

/// <summary>One step of a state machine: everything that is to be written for it. Spans count from the moment of the step.</summary>
/// <param name="From">Empty for the start.</param>
/// <param name="CompleteWithin">The new state's target.</param>
/// <param name="EscalatesWithin">When the task goes to the next pool unless someone acts.</param>
/// <param name="Timers">To be set; all timers of the state that was left are to be dropped.</param>
internal sealed record Move(
    string Event, string From, Standing To, TimeSpan? CompleteWithin, TimeSpan? EscalatesWithin,
    IReadOnlyList<StateTimer> Timers, bool IsFinal, string Audit);

/// <summary>Decides steps. Knows no clock and no store.</summary>
internal static class StateMachine
{
    public const string Started = "start";

    public static Move Start(WorkflowDefinition definition, string location)
    {
        var path = definition.PathFrom(location);
        return Enter(definition, Started, "", definition.Initial, path, 0, definition.StartAudit, path[0]);
    }

    /// <summary>The step that an event leads to, or null where the state does not answer it.</summary>
    public static Move? Fire(WorkflowDefinition definition, Standing at, string raised)
    {
        if (!definition.States.TryGetValue(at.State, out var state) || !state.On.TryGetValue(raised, out var transition))
        {
            return null;
        }

        var moves = transition.ToNextPool && at.PathStep + 1 < at.Path.Count;
        var step = moves ? at.PathStep + 1 : at.PathStep;
        return Enter(definition, raised, at.State, transition.To, at.Path, step, transition.Audit, moves ? at.Path[step] : at.Pool);
    }

    private static Move Enter(
        WorkflowDefinition definition, string raised, string from, string to, IReadOnlyList<string> path, int step, string audit, string pool)
    {
        var state = definition.States[to];
        var atEndOfPath = step + 1 >= path.Count;

        // Past the last pool there is nobody to escalate to: the task stays there, overdue and in sight, without
        // a timer that would only fill the ledger.
        var timers = state.Timers.Where(t => !(atEndOfPath && IsEscalation(state, t))).ToList();
        var escalation = timers.Where(t => IsEscalation(state, t)).Select(t => (TimeSpan?)t.After).Min();
        return new Move(
            raised, from, new Standing(to, state.Owner ?? pool, path, step),
            state.CompleteWithin, escalation, timers, state.IsFinal, audit);
    }

    private static bool IsEscalation(WorkflowState state, StateTimer timer) => state.On[timer.Raises].ToNextPool;
}
