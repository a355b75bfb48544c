namespace Isthmus.Mediation.Order;

internal static class OrderRules
{
    /// <summary>A stopped message stood longer than its contract's <c>order.max-hold</c>.</summary>
    public const string HoldExpired = "order.hold-expired";
}
