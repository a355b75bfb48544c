using System.Net.Security;
using Isthmus.Simulators.Serving;

namespace Isthmus.Simulators.Receiver;

/// <summary>What the receiver simulator is started with. <see cref="CounterpartOptions.Port"/> is that of its pages.</summary>
public sealed record ReceiverOptions : CounterpartOptions
{
    /// <summary>The loopback port for MLLP; 0 takes a free one.</summary>
    public int MllpPort { get; init; }

    /// <summary>A message whose MSH-10 took effect before is answered as the first time, without a second effect.</summary>
    public bool RecognisesRepeats { get; init; } = true;

    /// <summary>MLLP over TLS; null for plain TCP.</summary>
    public SslServerAuthenticationOptions? Tls { get; init; }
}
