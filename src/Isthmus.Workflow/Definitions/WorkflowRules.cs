namespace Isthmus.Workflow.Definitions;

/// <summary>The faults that a workflow file can have.</summary>
public static class WorkflowRules
{
    public const string Syntax = "workflow.syntax";
    public const string Missing = "workflow.missing";
    public const string Unknown = "workflow.unknown-key";
    public const string Value = "workflow.value";
    public const string Duplicate = "workflow.duplicate";
    public const string StateUnknown = "workflow.state-unknown";
    public const string StateUnreachable = "workflow.state-unreachable";
    public const string StateStuck = "workflow.state-stuck";
    public const string FinalState = "workflow.final-state";
    public const string TimerUnheard = "workflow.timer-unheard";
    public const string PoolUnknown = "workflow.pool-unknown";
    public const string PoolDefault = "workflow.pool-default";
    public const string AuditUnknown = "workflow.audit-unknown";
    public const string SignalUnknown = "workflow.signal-unknown";
    public const string CriticalUnanswered = "workflow.critical-unanswered";
}
