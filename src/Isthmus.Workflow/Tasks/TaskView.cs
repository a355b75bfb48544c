using Isthmus.Exchange.Phi;

namespace Isthmus.Workflow.Tasks;

/// <summary>A task as the inbox shows it: no patient data.</summary>
/// <param name="State">The state of its workflow, e.g. <c>raised</c>, <c>escalated</c>, <c>acknowledged</c>, <c>closed</c>.</param>
/// <param name="Pool">Who has to act.</param>
/// <param name="Due">The target of the present state; null where it has none.</param>
/// <param name="EscalateAt">When it goes to the next pool unless someone acts; null when it will not.</param>
/// <param name="MessageId">The message that gave rise to it; 0 where none did.</param>
/// <param name="ClosedAt">Null while it is open.</param>
/// <param name="ClaimedBy">Who has taken it, inside its pool.</param>
/// <param name="Why">What happened.</param>
/// <param name="NextAction">What is recommended.</param>
/// <param name="EscalationPath">The pools it has been with and will go to, in turn.</param>
/// <param name="Workflow">Name and version, e.g. <c>critical-result@1.0.0</c>.</param>
/// <param name="Person">The pseudonymous key of the person it is about, when known.</param>
/// <param name="Overdue">True when open and past <paramref name="Due"/> by the database's clock.</param>
public sealed record TaskView(
    long Id, string Title, string State, string Pool, DateTimeOffset? Due, DateTimeOffset? EscalateAt, long MessageId, DateTimeOffset CreatedAt,
    DateTimeOffset? ClosedAt, string? ClaimedBy, string Why, string NextAction, IReadOnlyList<string> EscalationPath, string Workflow,
    Guid? Person, string Location, bool Overdue);

/// <summary>One step a task took.</summary>
/// <param name="Raised">The event: <c>start</c>, a person's action, a timer's or a signal's.</param>
public sealed record TaskStep(
    int Step, DateTimeOffset At, string Raised, string From, string To, string Pool, string Actor, string? Outcome);

/// <summary>What a person wrote on a task; it may quote patient data.</summary>
/// <param name="Kind"><c>read-back</c> or <c>comment</c>.</param>
public sealed record TaskNote(DateTimeOffset At, string Author, string Kind, PhiText Text);

/// <summary>Which tasks to list; what is null does not narrow.</summary>
/// <param name="Pool">Tasks this pool has now.</param>
/// <param name="Limit">At most this many, those due first.</param>
public sealed record TaskFilter(short Tenant, string? Pool = null, bool Closed = false, bool OverdueOnly = false, int Limit = 100);
