using Isthmus.Exchange.Ledger;
using Isthmus.Workflow.Definitions;
using Isthmus.Workflow.Machine;

namespace Isthmus.Workflow.Tests.Machine;

/// <summary>Every transition of the demo's critical-result workflow.</summary>
public sealed class StateMachineTests
{
    private static readonly WorkflowDefinition Workflow = DemoSite.CriticalResult;

    [Fact]
    public void A_critical_result_starts_with_the_pool_of_its_location_and_fifteen_minutes()
    {
        var move = StateMachine.Start(Workflow, "ICU^03");

        Assert.Equal("raised", move.To.State);
        Assert.Equal("icu-charge-nurse", move.To.Pool);
        Assert.Equal(["icu-charge-nurse", "icu-physician-on-call", "nursing-supervisor"], move.To.Path);
        Assert.Equal(TimeSpan.FromMinutes(15), move.CompleteWithin);
        Assert.Equal(TimeSpan.FromMinutes(15), move.EscalatesWithin);
        Assert.Equal(new StateTimer(TimeSpan.FromMinutes(15), "escalate"), Assert.Single(move.Timers));
        Assert.Equal(LedgerKinds.TaskCreated, move.Audit);
        Assert.False(move.IsFinal);
    }

    [Fact]
    public void An_unanswered_task_goes_along_its_path_and_stays_with_the_last_pool_without_a_timer()
    {
        var first = Fire(StateMachine.Start(Workflow, "ICU^03"), "escalate");
        Assert.Equal(("escalated", "icu-physician-on-call", 1), (first.To.State, first.To.Pool, first.To.PathStep));
        Assert.Equal(TimeSpan.FromMinutes(10), first.EscalatesWithin);
        Assert.Equal(LedgerKinds.TaskEscalated, first.Audit);

        var second = Fire(first, "escalate");
        Assert.Equal(("escalated", "nursing-supervisor", 2), (second.To.State, second.To.Pool, second.To.PathStep));
        Assert.Null(second.EscalatesWithin);
        Assert.Empty(second.Timers);
        Assert.Equal(TimeSpan.FromMinutes(10), second.CompleteWithin);

        Assert.Equal("nursing-supervisor", Fire(second, "escalate").To.Pool);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_acknowledgement_leads_to_follow_up_from_either_state(bool escalated)
    {
        var at = StateMachine.Start(Workflow, "4W^1");
        at = escalated ? Fire(at, "escalate") : at;

        var move = Fire(at, "acknowledge");

        Assert.Equal("acknowledged", move.To.State);
        Assert.Equal(at.To.Pool, move.To.Pool);
        Assert.Equal(TimeSpan.FromHours(4), move.CompleteWithin);
        Assert.Equal(LedgerKinds.TaskAcknowledged, move.Audit);
    }

    [Fact]
    public void Follow_up_that_takes_too_long_goes_to_the_next_pool_and_remains_acknowledged()
    {
        var move = Fire(Fire(StateMachine.Start(Workflow, "4W^1"), "acknowledge"), "escalate");

        Assert.Equal(("acknowledged", "ward-physician-on-call"), (move.To.State, move.To.Pool));
    }

    [Fact]
    public void Completion_ends_it()
    {
        var move = Fire(Fire(StateMachine.Start(Workflow, "4W^1"), "acknowledge"), "complete");

        Assert.True(move.IsFinal);
        Assert.Empty(move.Timers);
        Assert.Null(move.CompleteWithin);
        Assert.Equal(LedgerKinds.TaskCompleted, move.Audit);
        Assert.Null(StateMachine.Fire(Workflow, move.To, "escalate"));
    }

    [Theory]
    [InlineData("complete")]
    [InlineData("")]
    [InlineData("raised")]
    public void What_a_state_does_not_answer_moves_nothing(string raised) =>
        Assert.Null(StateMachine.Fire(Workflow, StateMachine.Start(Workflow, "").To, raised));

    [Fact]
    public void A_state_with_an_owner_brings_the_task_to_that_pool()
    {
        var (workflows, faults) = WorkflowSet.Load(DemoSite.Changed("complete-within: 4h", "owner: medical-director-on-call"));
        Assert.Empty(faults);
        var workflow = workflows.StartingOn("critical-result").Single();

        var move = StateMachine.Fire(workflow, StateMachine.Start(workflow, "ICU").To, "acknowledge");

        Assert.Equal("medical-director-on-call", move!.To.Pool);
    }

    private static Move Fire(Move from, string raised) => StateMachine.Fire(Workflow, from.To, raised)!;
}
