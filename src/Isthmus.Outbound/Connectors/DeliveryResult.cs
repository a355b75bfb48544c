using Isthmus.Outbound.Resilience;

namespace Isthmus.Outbound.Connectors;

/// <summary>How an attempt ended.</summary>
/// <param name="Failure">Null if the partner took everything.</param>
/// <param name="Status">What the partner said: the HTTP status, or of an HL7 acknowledgement the code in ERR-3; 0 if there was none.</param>
/// <param name="RetryAfter">How long the partner asks us to wait.</param>
internal readonly record struct DeliveryResult(FailureClass? Failure, int Status, TimeSpan? RetryAfter)
{
    public static DeliveryResult Delivered(int status) => new(null, status, null);

    public static DeliveryResult Failed(FailureClass failure, int status = 0, TimeSpan? retryAfter = null) => new(failure, status, retryAfter);
}
