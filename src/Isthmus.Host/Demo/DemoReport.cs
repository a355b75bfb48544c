using Isthmus.Host.Messages;

namespace Isthmus.Host.Demo;

/// <summary>What the demo prints with <c>--json</c>.</summary>
internal sealed record DemoReport(IReadOnlyList<DemoMessage> Messages, DemoAudit Audit, DemoStore Store);

/// <param name="Ack">MSA-1 of the answer.</param>
/// <param name="Outcome">As of the end of the demo; <c>refused</c> for what the edge did not take in.</param>
internal sealed record DemoMessage(
    long? Id, string? ControlId, string File, string Title, string Ack, string Outcome, string? Patient,
    IReadOnlyList<ResourceView> Resources, IReadOnlyList<FindingView> Findings, IReadOnlyList<DecisionView> Decisions,
    IReadOnlyList<DeliveryView> Deliveries, IReadOnlyList<TaskLine> Tasks, IReadOnlyList<StepView> Steps);

internal sealed record DemoAudit(long Events, bool Verified);

internal sealed record DemoStore(bool Embedded, string Version);
