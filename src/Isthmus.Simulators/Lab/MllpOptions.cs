using System.Net.Security;

namespace Isthmus.Simulators.Lab;

/// <summary>How an <see cref="MllpClient"/> connects and waits.</summary>
public sealed record MllpOptions
{
    /// <summary>A partner that is silent longer is given up; its connection is closed.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Sends further frames before earlier ones are answered. Answers must come in the order of the frames.</summary>
    public bool IsPipelined { get; init; }

    /// <summary>MLLP over TLS; null for plain TCP.</summary>
    public SslClientAuthenticationOptions? Tls { get; init; }
}
