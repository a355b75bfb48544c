namespace Isthmus.Exchange.Contracts;

/// <summary>Where a destination is and how the connector reaches it. What it may get is in the contracts.</summary>
public sealed record DestinationSettings
{
    public required string Name { get; init; }

    public required ConnectorKind Kind { get; init; }

    public required Uri BaseUrl { get; init; }

    /// <summary>Whether the destination lies outside the organisation.</summary>
    public required Exposure Exposure { get; init; }

    public required DestinationAuthentication Authentication { get; init; }

    /// <summary>OAuth token endpoint; set for the OAuth methods.</summary>
    public required Uri? TokenUrl { get; init; }

    public required string? ClientId { get; init; }

    /// <summary>Name of the key file: private key for <c>private-key-jwt</c>, certificate for <c>mutual-tls</c>, else a secret.</summary>
    public required string? Key { get; init; }

    /// <summary>One request, answer included.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Requests in flight at most; for MLLP connections, each with one message under way.</summary>
    public required int Concurrency { get; init; }

    /// <summary>How the receiver of an MLLP destination behaves; null for other kinds.</summary>
    public MllpTerms? Mllp { get; init; }
}

/// <param name="Acknowledgement">Which answer ends a delivery.</param>
/// <param name="RecognisesRepeats">
/// Whether the receiver answers a message whose MSH-10 it has seen as it did the first time, without a second effect. Where it does not,
/// a message that may have arrived is never sent again by itself: a person decides.
/// </param>
/// <param name="Authorities">PEM file with the authorities of the receiver's certificate; null trusts those of the system.</param>
public sealed record MllpTerms(MllpAcknowledgement Acknowledgement, bool RecognisesRepeats, string? Authorities)
{
    /// <summary>MSH-3 and MSH-4 of what we send; null leaves those of the message it was made of.</summary>
    public Sender? Sender { get; init; }

    /// <summary>MSH-5 and MSH-6 of what we send; null leaves those of the message it was made of.</summary>
    public Sender? Receiver { get; init; }
}

public enum MllpAcknowledgement
{
    /// <summary>One answer, AA, AE or AR (HL7 v2.5.1 §2.9.2).</summary>
    Original,

    /// <summary>Enhanced mode (§2.9.3), ended by the commit acknowledgement: CA, CE or CR.</summary>
    Commit,

    /// <summary>Enhanced mode, ended by the application acknowledgement, which comes later on the same connection.</summary>
    CommitThenApplication,
}

public enum ConnectorKind
{
    FhirRest,
    Webhook,

    /// <summary>A receiver of HL7 v2 messages over MLLP.</summary>
    Mllp,
}

public enum Exposure
{
    Internal,
    External,
}

public enum DestinationAuthentication
{
    /// <summary>OAuth client credentials with a signed assertion (RFC 7523, SMART Backend Services).</summary>
    PrivateKeyJwt,

    /// <summary>OAuth client credentials with a secret.</summary>
    ClientSecret,

    /// <summary>Every request signed by HMAC-SHA256.</summary>
    HmacSignature,

    /// <summary>A client certificate: the files <c>KEY.pem</c> and <c>KEY.key</c>.</summary>
    MutualTls,

    /// <summary>By where we are: loopback, or a network that lets nobody else in.</summary>
    Network,
}
