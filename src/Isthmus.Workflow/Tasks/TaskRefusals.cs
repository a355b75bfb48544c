using Isthmus.Exchange;

namespace Isthmus.Workflow.Tasks;

/// <summary>The ways in which an action on a task is refused.</summary>
public static class TaskRefusals
{
    public const string Unknown = "task.unknown";
    public const string Closed = "task.closed";
    public const string AlreadyAcknowledged = "task.already-acknowledged";
    public const string NotNow = "task.not-now";
    public const string ReadBackMissing = "task.read-back-missing";
    public const string OutcomeUnknown = "task.outcome-unknown";
    public const string ClaimedByAnother = "task.claimed-by-another";
    public const string TextMissing = "task.text-missing";
    public const string WorkflowUnreadable = "task.workflow-unreadable";

    internal static RefusalException NoSuchTask(long id) =>
        Because(Unknown, $"There is no task {id}; `isthmus task list` shows those there are.");

    internal static RefusalException Because(string id, string sentence) => new(new Refusal(id, sentence, FailureDomain.Client));
}
