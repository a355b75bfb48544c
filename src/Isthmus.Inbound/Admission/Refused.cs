using Isthmus.Exchange;

namespace Isthmus.Inbound.Admission;

/// <summary>A step's no.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="RetryAfter">In seconds; null where waiting does not help.</param>
/// <param name="Allow">Methods, with 405.</param>
/// <param name="Challenge">The error of the WWW-Authenticate field (RFC 6750 section 3.1); empty for a bare challenge, null for none.</param>
internal sealed record Refused(int Status, Refusal Refusal, string? RetryAfter = null, string? Allow = null, string? Challenge = null);
