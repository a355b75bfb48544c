using System.Text.Json;
using Isthmus.Exchange.Ledger;

namespace Isthmus.Outbound.Deliveries;

/// <summary>The business event that a final settlement owes to the ledger.</summary>
internal static class SettlementEvents
{
    private const string Actor = "outbound";

    public static LedgerEvent Of(Settlement settlement) => new(
        settlement.State switch
        {
            DeliveryState.Delivered => LedgerKinds.DeliveryDelivered,
            DeliveryState.Denied => LedgerKinds.DeliveryDenied,
            _ => LedgerKinds.DeliveryDead,
        },
        Actor,
        settlement.Delivery.MessageId,
        settlement.Delivery.Person,
        Detail(settlement));

    /// <summary>
    /// The rest of the event as compact JSON. The usual delivery's says the same words for every message of its contract: the ledger
    /// stores a phrase once. What is not usual adds attempts and rule; a delivery denied or dead after attempts may have arrived.
    /// </summary>
    public static string Detail(Settlement settlement)
    {
        var delivery = settlement.Delivery;
        var common = $$"""
            "destination":{{Text(settlement.Destination)}},"purpose":{{Text(delivery.Purpose)}},"contract":{{Text(delivery.Contract)}}
            """;
        var decision = settlement.Consent is { } consent
            ? $$"""
                ,"effect":"{{(consent.Permits ? "permit" : "deny")}}","reason":{{Text(consent.Reason)}},"policy":{{Text(consent.PolicyVersion)}}
                """
            : "";
        var unusual = settlement is { State: DeliveryState.Delivered, Attempts: 1, Rule: null }
            ? ""
            : $$"""
                ,"attempts":{{settlement.Attempts}},"rule":{{Text(settlement.Rule ?? "")}},"status":{{settlement.Status}}
                """;
        return $"{{{common}{decision}{unusual}}}";
    }

    private static string Text(string value) => $"\"{JsonEncodedText.Encode(value)}\"";
}
