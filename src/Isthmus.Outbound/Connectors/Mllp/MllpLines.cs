using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Isthmus.Exchange.Contracts;
using Isthmus.Outbound.Resilience;
using Isthmus.Trust.Keys;

namespace Isthmus.Outbound.Connectors.Mllp;

/// <summary>
/// The connections to one receiver: kept while they are clean, never more than there are messages under way. Certificates are read
/// for every new one, so that a renewed one needs no restart.
/// </summary>
internal sealed class MllpLines(DestinationSettings destination, KeySource keys, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(10);

    private readonly ConcurrentBag<MllpLine> idle = [];

    /// <summary>One message and its answer. Only cancellation throws.</summary>
    public async Task<DeliveryResult> ExchangeAsync(
        ReadOnlyMemory<byte> message, string controlId, MllpAcknowledgement mode, CancellationToken cancellation)
    {
        var (line, failure) = await TakeAsync(cancellation);
        if (line is null)
        {
            return DeliveryResult.Failed(failure);
        }

        try
        {
            return await line.ExchangeAsync(message, controlId, mode, destination.Timeout, time, cancellation);
        }
        finally
        {
            if (line.IsClean)
            {
                idle.Add(line);
            }
            else
            {
                line.Dispose();
            }
        }
    }

    public void Dispose()
    {
        while (idle.TryTake(out var line))
        {
            line.Dispose();
        }
    }

    private async Task<(MllpLine? Line, FailureClass Failure)> TakeAsync(CancellationToken cancellation)
    {
        while (idle.TryTake(out var kept))
        {
            if (kept.IsQuiet)
            {
                return (kept, default);
            }

            // Closed by the receiver, or something came that no message waits for.
            kept.Dispose();
        }

        using var patience = new CancellationTokenSource(destination.Timeout < LongestConnect ? destination.Timeout : LongestConnect, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        SslClientAuthenticationOptions? tls;
        try
        {
            tls = destination.BaseUrl.Scheme == "mllps" ? ReadTls() : null;
        }
        catch (Exception missing) when (Credential.IsToBlame(missing))
        {
            return (null, FailureClass.Unauthorised);
        }

        try
        {
            return (await MllpLine.ConnectAsync(destination.BaseUrl, tls, either.Token), default);
        }
        catch (AuthenticationException)
        {
            return (null, FailureClass.Unauthorised);
        }
        catch (Exception broken) when (broken is IOException or SocketException
            || (broken is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return (null, FailureClass.Transport);
        }
    }

    private SslClientAuthenticationOptions ReadTls()
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = destination.BaseUrl.IdnHost,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        };
        if (destination.Mllp?.Authorities is { } authorities)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(keys.Certificates(authorities));
        }

        if (destination.Authentication == DestinationAuthentication.MutualTls)
        {
            options.ClientCertificates = [keys.Certificate(destination.Key + ".pem", destination.Key + ".key")];
        }

        return options;
    }
}
