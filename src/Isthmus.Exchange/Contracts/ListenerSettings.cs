using System.Net;

namespace Isthmus.Exchange.Contracts;

/// <param name="Kind">The protocol spoken.</param>
/// <param name="Port">0 takes any free port.</param>
/// <param name="Tls">Null is plain TCP, which the check allows on loopback only.</param>
public sealed record ListenerSettings(string Name, ListenerKind Kind, IPAddress Bind, int Port, TlsSettings? Tls, ListenerLimits Limits)
{
    /// <summary>For HTTP, the path at which messages are taken.</summary>
    public string Path { get; init; } = "/";
}

public enum ListenerKind
{
    /// <summary>HL7 v2 over MLLP (HL7 v2.5.1 appendix C).</summary>
    Mllp,

    /// <summary>HL7 v2 over HTTP.</summary>
    Http,

    /// <summary>The door for third parties: OAuth, FHIR and HL7 v2 over HTTP, under tokens.</summary>
    Api,
}

/// <param name="Certificate">PEM file with the certificate chain, in the key folder unless absolute.</param>
/// <param name="Key">PEM file with the private key.</param>
/// <param name="ClientAuthorities">PEM file with the authorities whose client certificates are asked for; null asks for none.</param>
/// <param name="ClientRevocations">PEM file with the revocation lists of those authorities; null where they keep none.</param>
public sealed record TlsSettings(string Certificate, string Key, string? ClientAuthorities, string? ClientRevocations = null)
{
    /// <summary>Whether somebody without a certificate may come in too; one that is shown must be good in either case.</summary>
    public ClientCertificates ClientCertificates { get; init; }
}

public enum ClientCertificates
{
    /// <summary>Nobody connects without.</summary>
    Demanded,

    /// <summary>Whoever has one shows it, and others prove themselves otherwise.</summary>
    Welcome,
}

/// <param name="MaxFrameBytes">A larger frame is refused; what it holds is passed over as it arrives, not kept.</param>
/// <param name="Idle">A connection without a byte for this long is closed.</param>
/// <param name="SlowSender">A frame that has begun must end within this, and answers must be read within this.</param>
/// <param name="MaxConnections">Further connections are refused.</param>
/// <param name="MemoryBytes">What all connections together may hold of frames that are not answered yet; a frame beyond it is refused, to be sent again.</param>
public sealed record ListenerLimits(int MaxFrameBytes, TimeSpan Idle, TimeSpan SlowSender, int MaxConnections, long MemoryBytes)
{
    /// <summary>Some largest frames at once, or very many usual ones.</summary>
    public const long DefaultMemoryBytes = 256L << 20;

    /// <summary>Room for one frame of the largest size while its buffer doubles, and for as much again of the others.</summary>
    public static long LeastMemoryFor(long maxFrameBytes) => 4 * maxFrameBytes;
}
