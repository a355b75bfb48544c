namespace Isthmus.Host.Messages;

/// <summary>One message as people see it: every step, decision, delivery and task, and nothing of its content.</summary>
internal sealed record MessageView
{
    public required long Id { get; init; }

    public required string ControlId { get; init; }

    public required string Source { get; init; }

    /// <summary>Who handed it in at the door; null for what came in at a listener of its own.</summary>
    public required HandedInView? HandedIn { get; init; }

    public required DateTimeOffset Received { get; init; }

    public required int Size { get; init; }

    /// <summary><c>in-progress</c>, <c>delivered</c>, <c>waiting-for-human</c>, <c>quarantined</c> or <c>refused</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>The pseudonymous key of the person, when identified.</summary>
    public required string? Patient { get; init; }

    public required string Contract { get; init; }

    public required string SiteVersion { get; init; }

    public required string MapsVersion { get; init; }

    public required int Attempts { get; init; }

    public required IReadOnlyList<ResourceView> Resources { get; init; }

    public required IReadOnlyList<FindingView> Findings { get; init; }

    public required IReadOnlyList<DecisionView> Decisions { get; init; }

    public required IReadOnlyList<DeliveryView> Deliveries { get; init; }

    public required IReadOnlyList<TaskLine> Tasks { get; init; }

    public required IReadOnlyList<StepView> Steps { get; init; }

    /// <summary>What the sender is told of the outcome, where it asked to be told.</summary>
    public required AnswerView? Answer { get; init; }
}

/// <param name="Token">A hash of the token's id, as the log of issued tokens has it.</param>
internal sealed record HandedInView(string Client, string Token);

internal sealed record ResourceView(string Type, string Id);

internal sealed record FindingView(string Rule, string Severity, string Location, string Text);

/// <param name="Effect"><c>permit</c> or <c>deny</c>.</param>
internal sealed record DecisionView(string Destination, string Purpose, string Effect, string Reason, string PolicyVersion);

/// <param name="Status"><c>delivered</c>, <c>pending</c>, <c>denied</c>, <c>dead</c> or <c>held</c>.</param>
/// <param name="Rule">The rule of the last failure, or null.</param>
/// <param name="NextAttempt">When it is tried again, where it waits for that.</param>
internal sealed record DeliveryView(
    long Id, string Destination, string Status, int Attempts, string? Rule, DateTimeOffset? Settled, DateTimeOffset? NextAttempt);

/// <param name="Destination">The contract's return connection.</param>
/// <param name="Code"><c>AA</c>, <c>AE</c> or <c>AR</c>; while it is pending, what it would be if every delivery ends well.</param>
/// <param name="Status"><c>pending</c>, <c>acknowledged</c>, <c>not-wanted</c> or <c>given-up</c>.</param>
internal sealed record AnswerView(string Destination, string Code, string Status, int Attempts, DateTimeOffset? Settled);

internal sealed record TaskLine(long Id, string Title, string State, string Pool, DateTimeOffset? Due, DateTimeOffset? EscalateAt);

internal sealed record StepView(string Name, string Outcome, double Ms, string Version, IReadOnlyList<string> Rules);
