using System.Diagnostics.Metrics;
using Isthmus.Workflow.Definitions;
using Isthmus.Workflow.Instances;

namespace Isthmus.Workflow;

/// <summary>The zone's figures under the meter <c>Isthmus.Workflow</c>.</summary>
internal static class WorkflowMeters
{
    private static readonly Meter Meter = new("Isthmus.Workflow");
    private static readonly Counter<long> Signals = Meter.CreateCounter<long>(
        "isthmus.workflow.signals", "{signal}", "Signals settled, by kind and whether any workflow starts on it.");

    private static readonly Counter<long> Steps = Meter.CreateCounter<long>(
        "isthmus.workflow.steps", "{step}", "Steps taken, by workflow and event.");

    private static long overdue;

    static WorkflowMeters() => Meter.CreateObservableGauge(
        "isthmus.workflow.tasks.overdue", () => Interlocked.Read(ref overdue), "{task}", "Open tasks past their due time.");

    public static long Overdue
    {
        set => Interlocked.Exchange(ref overdue, value);
    }

    public static void Count(IEnumerable<SignalIntake.WaitingSignal> signals, IEnumerable<TakenStep> steps, WorkflowSet workflows)
    {
        foreach (var signal in signals)
        {
            Signals.Add(1, new("kind", signal.Signal.Kind), new("answered", workflows.StartingOn(signal.Signal.Kind).Any()));
        }

        Count(steps);
    }

    public static void Count(IEnumerable<TakenStep> steps)
    {
        foreach (var step in steps)
        {
            Steps.Add(1, new("workflow", step.Definition.Name), new("event", step.Move.Event));
        }
    }
}
