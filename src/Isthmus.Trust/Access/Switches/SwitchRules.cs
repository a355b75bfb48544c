using Isthmus.Exchange;

namespace Isthmus.Trust.Access.Switches;

/// <summary>What is said of something that is switched off: that it is off, not by whom or why.</summary>
public static class SwitchRules
{
    public static readonly Refusal RouteOff = new(
        "switch.route-off",
        "This route is switched off at the moment. Try again later.",
        FailureDomain.Edge, Transient: true);

    public static readonly Refusal TenantOff = new(
        "switch.tenant-off",
        "Access is switched off at the moment. Try again later.",
        FailureDomain.Edge, Transient: true);

    public static readonly Refusal IntegrationOff = new(
        "switch.integration-off",
        "This integration is switched off at the moment. Ask those who run it.",
        FailureDomain.Edge, Transient: true);

    public static readonly Refusal ClientOff = new(
        "switch.client-off",
        "This client is switched off at the moment. Ask those who run the API.",
        FailureDomain.Edge, Transient: true);

    public static readonly Refusal ScopeOff = new(
        "switch.scope-off",
        "What this request asks for is switched off at the moment.",
        FailureDomain.Edge, Transient: true);
}
