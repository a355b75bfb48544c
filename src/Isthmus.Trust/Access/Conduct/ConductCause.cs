namespace Isthmus.Trust.Access.Conduct;

/// <summary>What a client, or an address that nobody is known at, did at the door: one of few things, whatever was sent.</summary>
public enum ConductCause
{
    /// <summary>A token was given.</summary>
    Issued,

    /// <summary>A token was given although more than half of the last one's time, for the same scopes, was left.</summary>
    Early,

    /// <summary>An assertion from the future, from the past, or for too long: a clock that is wrong, as a rule.</summary>
    Skew,

    /// <summary>A certificate that is not the registered one, or none where a token is bound to one.</summary>
    Certificate,

    /// <summary>A key that is not registered, or a signature that is not its own.</summary>
    Key,

    /// <summary>A proof of possession that is none for the request.</summary>
    Proof,

    /// <summary>More than was registered, or than a token's scopes cover.</summary>
    Scope,

    /// <summary>A client that is not approved, has expired, is switched off, or whose contract does not name the route.</summary>
    Policy,

    /// <summary>An assertion that was used before.</summary>
    Replay,

    /// <summary>A request, assertion or header that is none.</summary>
    Malformed,

    /// <summary>A client id that nobody has.</summary>
    Stranger,

    /// <summary>An access token that is missing, past its time, taken back, or nobody's.</summary>
    Token,

    /// <summary>More than the quota.</summary>
    Quota,

    /// <summary>Failures with ever different client ids, key ids, assertions or tokens: somebody is trying them out.</summary>
    Spread,
}

public static class ConductCauses
{
    /// <summary>As the database, metrics and people have it.</summary>
    public static string Word(this ConductCause cause) => cause switch
    {
        ConductCause.Issued => "issued",
        ConductCause.Early => "early",
        ConductCause.Skew => "skew",
        ConductCause.Certificate => "certificate",
        ConductCause.Key => "key",
        ConductCause.Proof => "proof",
        ConductCause.Scope => "scope",
        ConductCause.Policy => "policy",
        ConductCause.Replay => "replay",
        ConductCause.Malformed => "malformed",
        ConductCause.Stranger => "stranger",
        ConductCause.Token => "token",
        ConductCause.Quota => "quota",
        _ => "spread",
    };
}
