using Isthmus.Simulators.Lab;

namespace Isthmus.Simulators.Tests.Lab;

public class LabSimulatorTests
{
    private const int Count = 300;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(3, 8)]
    public async Task All_messages_arrive_once_when_nothing_goes_wrong(int connections, int window)
    {
        await using var receiver = new ScriptedReceiver();
        var report = await RunAsync(Options(receiver) with { Connections = connections, Window = window });

        Assert.Equal(Count, report.Accepted);
        Assert.Equal((0, 0, 0), (report.Refused, report.Resent, report.Reconnects));
        Assert.Equal(Expected(), receiver.Taken.Order(StringComparer.Ordinal));
        Assert.True(report.Median > TimeSpan.Zero && report.Median <= report.P99 && report.P99 <= report.Slowest);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task A_message_without_acknowledgement_is_sent_again_under_its_control_id(int window)
    {
        await using var receiver = new ScriptedReceiver((frame, _) => frame % 40 == 7 ? Reaction.KeepAndCut : Reaction.Accept);
        var report = await RunAsync(Options(receiver) with { Window = window });

        Assert.Equal(Count, report.Accepted);
        Assert.True(report.Reconnects > 0 && report.Resent >= report.Reconnects);
        Assert.Equal(Expected(), receiver.Taken.Distinct().Order(StringComparer.Ordinal));
        Assert.True(receiver.Taken.Count > Count);
    }

    [Fact]
    public async Task Messages_about_one_patient_arrive_in_order()
    {
        await using var receiver = new ScriptedReceiver((frame, _) => frame % 50 == 9 ? Reaction.KeepAndCut : Reaction.Accept);
        var options = Options(receiver) with { Connections = 4, Patients = 10 };
        await RunAsync(options);

        var traffic = new LabTraffic(options.Seed, SyntheticPopulation.Create(options.Seed, options.Patients));
        var facts = Enumerable.Range(0, Count).Select(n => traffic.At(n).Facts).ToDictionary(fact => fact.ControlId);
        var firstArrivals = receiver.Taken.Distinct().Select(id => facts[id]).ToArray();
        Assert.All(firstArrivals.GroupBy(fact => fact.PatientNumber), ofPatient =>
            Assert.Equal(ofPatient.Select(fact => fact.Ordinal).Order(), ofPatient.Select(fact => fact.Ordinal)));
    }

    [Fact]
    public async Task A_restart_sends_exactly_what_was_not_acknowledged()
    {
        using var folder = new TemporaryFolder();
        await using var receiver = new ScriptedReceiver();
        var options = Options(receiver) with { JournalFile = folder.File("lab.journal"), Connections = 2 };
        using var stop = new CancellationTokenSource();
        var answered = 0;
        var first = await new LabSimulator(options, TimeProvider.System)
        {
            Answered = (_, _) =>
            {
                if (Interlocked.Increment(ref answered) == 100)
                {
                    stop.Cancel();
                }
            },
        }.RunAsync(stop.Token);

        Assert.InRange(first.Accepted, 100, Count - 1);
        var acknowledged = await AcknowledgedAsync(options);
        Assert.Equal(first.Accepted, acknowledged.Count);

        // As if the last line had been torn by a crash.
        await File.AppendAllTextAsync(options.JournalFile, "29");
        var before = receiver.Taken.Count;
        var second = await RunAsync(options);

        Assert.Equal(Count - first.Accepted, second.Accepted);
        Assert.All(receiver.Taken.Skip(before), id => Assert.DoesNotContain(long.Parse(id.AsSpan("N5-".Length), provider: null), acknowledged.Keys));
        Assert.Equal(Count, (await AcknowledgedAsync(options)).Count);
        Assert.Equal(0, (await RunAsync(options)).Accepted);
    }

    [Fact]
    public async Task A_journal_of_other_traffic_is_refused()
    {
        using var folder = new TemporaryFolder();
        await using var receiver = new ScriptedReceiver();
        var options = Options(receiver) with { JournalFile = folder.File("lab.journal"), Count = 3 };
        await RunAsync(options);

        await Assert.ThrowsAsync<InvalidDataException>(() => RunAsync(options with { Seed = options.Seed + 1 }));
    }

    [Fact]
    public async Task A_rejected_message_is_tried_again_and_an_erroneous_one_is_not()
    {
        await using var receiver = new ScriptedReceiver((frame, _) => frame switch { 1 or 2 => Reaction.Reject, 3 => Reaction.Accept, 4 => Reaction.Error, _ => Reaction.Accept });
        var report = await RunAsync(Options(receiver) with { Count = 3 });

        Assert.Equal((2, 1, 2), (report.Accepted, report.Refused, report.Resent));
    }

    [Fact]
    public async Task A_message_rejected_at_every_attempt_counts_as_refused()
    {
        await using var receiver = new ScriptedReceiver((_, _) => Reaction.Reject);
        var report = await RunAsync(Options(receiver) with { Count = 1, RejectedAttempts = 3 });

        Assert.Equal((0, 1, 2), (report.Accepted, report.Refused, report.Resent));
    }

    [Fact]
    public async Task A_rate_is_kept()
    {
        await using var receiver = new ScriptedReceiver();
        var report = await RunAsync(Options(receiver) with { Count = 60, Rate = 300 });

        Assert.True(report.Elapsed >= TimeSpan.FromMilliseconds(190));
    }

    [Fact]
    public void Percentiles_are_within_three_per_cent()
    {
        var roundTrips = new RoundTrips();
        for (var i = 1; i <= 1000; i++)
        {
            roundTrips.Add(TimeSpan.FromMilliseconds(i));
        }

        Assert.InRange(roundTrips.Percentile(0.5).TotalMilliseconds, 500, 515);
        Assert.InRange(roundTrips.Percentile(0.99).TotalMilliseconds, 990, 1000);
        Assert.Equal(1000, roundTrips.Slowest.TotalMilliseconds);
    }

    private static LabOptions Options(ScriptedReceiver receiver) => new()
    {
        Host = "127.0.0.1",
        Port = receiver.Port,
        Seed = 5,
        Patients = 50,
        Count = Count,
        Patience = TimeSpan.FromMilliseconds(1),
    };

    private static IEnumerable<string> Expected() =>
        Enumerable.Range(0, Count).Select(n => $"N5-{n}").Order(StringComparer.Ordinal);

    private static Task<LabReport> RunAsync(LabOptions options) => new LabSimulator(options, TimeProvider.System).RunAsync(default);

    private static async Task<Dictionary<long, string>> AcknowledgedAsync(LabOptions options)
    {
        var lines = await File.ReadAllLinesAsync(options.JournalFile!);
        return lines.Skip(1).Select(line => line.Split(' ')).ToDictionary(pair => long.Parse(pair[0], provider: null), pair => pair[1]);
    }
}
