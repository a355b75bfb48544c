using System.Security.Cryptography;
using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Deliveries;
using Isthmus.Outbound.Connectors.Mllp;
using Isthmus.Outbound.Deliveries;
using Isthmus.Outbound.Resilience;
using Isthmus.Store.Connections;
using Isthmus.Store.Leases;
using Isthmus.Trust.Keys.Sealing;
using Isthmus.Trust.Keys;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Isthmus.Outbound.Answers;

/// <summary>
/// Sends the application acknowledgements that are owed over the return connections of their contracts. Each is told once its
/// message's deliveries have ended, again until the sender acknowledges it, and under one control id, so that a repeat is known.
/// </summary>
internal sealed partial class AnswerLane(
    NpgsqlDataSource source, PartitionLeases leases, Opener opener, KeySource keys, OutgoingSwitches switches, Func<SiteModel> site,
    TimeProvider time, ILogger logger) : IDisposable
{
    public const string GivenUp = "application-answer.given-up";
    public const string Refused = "application-answer.refused";
    public const string HeaderUnreadable = "application-answer.header-unreadable";

    private static readonly TimeSpan IdlePause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(500);

    /// <summary>While deliveries are under way: soon at first, later ever more rarely.</summary>
    private static readonly TimeSpan ShortestLook = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestLook = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>A sender that has taken no acknowledgement for so long has long asked by telephone.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(3);

    private readonly AnswerQueue queue = new(source, leases);
    private readonly Dictionary<DestinationSettings, MllpLines> lines = [];

    /// <param name="draining">Nothing new starts.</param>
    /// <param name="abandoning">What is under way is cut; it will be sent again.</param>
    public async Task RunAsync(CancellationToken draining, CancellationToken abandoning)
    {
        while (!draining.IsCancellationRequested)
        {
            var pause = TimeSpan.Zero;
            try
            {
                pause = await WorkAsync(draining, abandoning) ? TimeSpan.Zero : IdlePause;
            }
            catch (OperationCanceledException) when (draining.IsCancellationRequested || abandoning.IsCancellationRequested)
            {
                return;
            }
            catch (PostgresException lost) when (lost.SqlState == PartitionLeases.LostSqlState)
            {
                // Another node tells it, under the same control id.
                leases.Invalidate();
            }
            catch (Exception failure) when (StoreFailure.Is(failure))
            {
                LogStoreUnavailable(logger, StoreFailure.StateOf(failure));
                pause = PauseAfterFailure;
            }

            if (pause > TimeSpan.Zero)
            {
                await Task.WhenAny(Task.Delay(pause, time, draining));
            }
        }
    }

    public void Dispose()
    {
        foreach (var open in lines.Values)
        {
            open.Dispose();
        }
    }

    private async Task<bool> WorkAsync(CancellationToken draining, CancellationToken abandoning)
    {
        var destinations = new Dictionary<string, DestinationSettings>(StringComparer.Ordinal);
        foreach (var destination in site().Destinations.Values.Where(destination => destination.Kind == ConnectorKind.Mllp))
        {
            if (!await IsOffAsync(destination.Name, draining))
            {
                destinations.Add(destination.Name, destination);
            }
        }

        if (destinations.Count == 0 || await leases.HoldAsync(draining) is not { Count: > 0 } held)
        {
            return false;
        }

        var due = await queue.TakeAsync(held, [.. destinations.Keys], draining);
        foreach (var destination in due.GroupBy(answer => answer.Destination, StringComparer.Ordinal))
        {
            foreach (var answer in destination)
            {
                draining.ThrowIfCancellationRequested();
                if (await IsOffAsync(destination.Key, draining) || !await TellAsync(answer, destinations[destination.Key], abandoning))
                {
                    // The others of this destination share its fate; they wait for the next look.
                    break;
                }
            }
        }

        return due.Count > 0;
    }

    /// <summary>
    /// Whether nothing may be told over the destination now: it is switched off, or an integration is whose way back it is. Of several
    /// that share the way one suffices: what waits is not lost, and what was told is not taken back.
    /// </summary>
    private async ValueTask<bool> IsOffAsync(string destination, CancellationToken cancellation) =>
        await switches.IsOffAsync(destination, cancellation)
        || site().Contracts.Any(contract => contract.Source.ApplicationAcknowledgement == destination && switches.WasIntegrationOff(contract.Name));

    /// <summary>False when the destination is not to be reached.</summary>
    private async Task<bool> TellAsync(OwedAnswer answer, DestinationSettings destination, CancellationToken abandoning)
    {
        if (answer.Open > 0)
        {
            await queue.PostponeAsync(answer, attempted: false, Between(answer.Age / 2, ShortestLook, LongestLook));
            return true;
        }

        if (!answer.IsWanted)
        {
            await queue.SettleAsync(answer, 'n', attempted: false, "");
            return true;
        }

        var message = await WriteAsync(answer, abandoning);
        if (message.IsEmpty)
        {
            await GiveUpAsync(answer, HeaderUnreadable, attempted: false);
            return true;
        }

        var result = await LinesOf(destination).ExchangeAsync(message, answer.ControlId, MllpAcknowledgement.Commit, abandoning);
        switch (result.Failure)
        {
            case null:
                await queue.SettleAsync(answer, 'd', attempted: true, "");
                return true;
            case FailureClass.BusinessRule:
                await GiveUpAsync(answer, Refused, attempted: true);
                return true;
            case var _ when answer.Age > MaxAge:
                await GiveUpAsync(answer, GivenUp, attempted: true);
                return true;
            case var failure:
                await queue.PostponeAsync(answer, attempted: true, Between(FirstPause * Math.Pow(2, Math.Min(answer.Attempts, 20)), FirstPause, LongestPause));
                return failure == FailureClass.Application;
        }
    }

    private async Task<ReadOnlyMemory<byte>> WriteAsync(OwedAnswer answer, CancellationToken cancellation)
    {
        try
        {
            var session = await opener.SessionAsync(answer.SealKey, cancellation);
            var header = session.Open(answer.SealedHeader, ApplicationAnswerSeal.Bound(answer.MessageId, answer.Destination), answer.SealNonce);
            return AnswerMessage.Write(answer, header, time.GetUtcNow());
        }
        catch (Exception damaged) when (damaged is CryptographicException or SealSessionMissingException)
        {
            return default;
        }
    }

    private async Task GiveUpAsync(OwedAnswer answer, string rule, bool attempted)
    {
        LogGivenUp(logger, answer.MessageId, answer.Destination, rule);
        await queue.SettleAsync(answer, 'k', attempted, rule);
    }

    private MllpLines LinesOf(DestinationSettings destination)
    {
        if (!lines.TryGetValue(destination, out var open))
        {
            open = new MllpLines(destination, keys, time);
            lines.Add(destination, open);
        }

        return open;
    }

    private static TimeSpan Between(TimeSpan wanted, TimeSpan shortest, TimeSpan longest) =>
        wanted < shortest ? shortest : wanted > longest ? longest : wanted;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Application acknowledgements wait: the store did not answer ({SqlState})")]
    private static partial void LogStoreUnavailable(ILogger logger, string sqlState);

    [LoggerMessage(Level = LogLevel.Error, Message = "The application acknowledgement of message {Message} to {Destination} is given up: {Rule}")]
    private static partial void LogGivenUp(ILogger logger, long message, string destination, string rule);
}
