using System.Security.Cryptography;
using System.Text;
using Isthmus.Exchange.Phi;
using Isthmus.Store.Connections;
using Isthmus.Testing;
using Isthmus.Trust.Access.Idempotency;
using Isthmus.Trust.Keys;

namespace Isthmus.Trust.Tests.Access.Idempotency;

public sealed class IdempotencyDeskTests : IAsyncLifetime
{
    private const string Patient = "Doe, Jane";

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly AnswerCipher cipher = new(RandomNumberGenerator.GetBytes(32));
    private readonly List<IdempotencyDesk> desks = [];
    private TestStore store = null!;

    public async Task InitializeAsync() => store = await TestStore.CreateAsync(typeof(KeyFolder).Assembly);

    public async Task DisposeAsync()
    {
        foreach (var desk in desks)
        {
            await desk.DisposeAsync();
        }

        await store.DisposeAsync();
    }

    [Fact]
    public async Task A_repeat_gets_the_first_answer_on_every_node()
    {
        var (one, two) = (Desk(), Desk());
        var start = await BeginAsync(one, Request());
        Assert.Equal((IdempotencyVerdict.New, 1), (start.Verdict, start.Attempt));
        await one.CompleteAsync(Request(), 1, Answer());

        foreach (var desk in (IdempotencyDesk[])[one, two])
        {
            var repeat = await BeginAsync(desk, Request());
            Assert.Equal(IdempotencyVerdict.Repeat, repeat.Verdict);
            Assert.Equal(201, repeat.Answer!.Status);
            Assert.Equal([new("Location", "/fhir/Patient/1")], repeat.Answer.Headers);
            Assert.Equal(Patient, Encoding.UTF8.GetString(repeat.Answer.Body.Reveal().Span));
        }
    }

    [Fact]
    public async Task Another_request_under_the_key_is_a_clash_and_another_client_s_or_tenant_s_is_not()
    {
        var desk = Desk();
        await BeginAsync(desk, Request());
        await desk.CompleteAsync(Request(), 1, Answer());

        Assert.Equal(IdempotencyVerdict.Clash, (await BeginAsync(desk, Request(body: "other"))).Verdict);
        Assert.Equal(IdempotencyVerdict.Clash, (await BeginAsync(desk, Request(target: "POST /elsewhere"))).Verdict);
        Assert.Equal(IdempotencyVerdict.New, (await BeginAsync(desk, Request(client: "other"))).Verdict);
        Assert.Equal(IdempotencyVerdict.New, (await BeginAsync(desk, Request(tenant: 2))).Verdict);
    }

    [Fact]
    public async Task Of_twenty_twins_one_is_worked_on_and_all_get_its_answer()
    {
        var (one, two) = (Desk(), Desk());
        var worked = 0;

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            var desk = i % 2 == 0 ? one : two;
            var start = await desk.BeginAsync(Request(), Day, TimeSpan.FromSeconds(20), CancellationToken.None);
            if (start.Verdict == IdempotencyVerdict.New)
            {
                Interlocked.Increment(ref worked);
                await desk.CompleteAsync(Request(), start.Attempt, Answer());
                return 201;
            }

            return start.Answer!.Status;
        }));

        Assert.Equal(1, worked);
        Assert.All(answers, status => Assert.Equal(201, status));
    }

    [Fact]
    public async Task A_twin_without_patience_is_told_that_the_first_is_in_flight()
    {
        var desk = Desk();
        await BeginAsync(desk, Request());

        Assert.Equal(IdempotencyVerdict.InFlight, (await BeginAsync(desk, Request())).Verdict);
    }

    [Fact]
    public async Task What_had_no_effect_may_be_tried_again()
    {
        var desk = Desk();
        await BeginAsync(desk, Request());
        await desk.ReleaseAsync(Request(), 1);

        Assert.Equal(IdempotencyVerdict.New, (await BeginAsync(desk, Request())).Verdict);
    }

    [Fact]
    public async Task When_the_worker_is_gone_another_takes_over_and_the_first_s_answer_is_not_kept()
    {
        var desk = Desk();
        await BeginAsync(desk, Request());
        await store.ExecuteAsOwnerAsync("UPDATE access.idempotency SET until = now() - interval '1 second'");

        var second = await BeginAsync(desk, Request());
        Assert.Equal((IdempotencyVerdict.New, 2), (second.Verdict, second.Attempt));
        await desk.CompleteAsync(Request(), 1, Answer(500));
        await desk.CompleteAsync(Request(), 2, Answer());
        Assert.Equal(201, (await BeginAsync(desk, Request())).Answer!.Status);
    }

    [Fact]
    public async Task After_the_window_the_key_is_free_and_its_row_goes()
    {
        var desk = Desk();
        await BeginAsync(desk, Request());
        await desk.CompleteAsync(Request(), 1, Answer());
        await BeginAsync(desk, Request(client: "other"));
        await store.ExecuteAsOwnerAsync("UPDATE access.idempotency SET expires = now() - interval '1 second'");

        Assert.Equal(IdempotencyVerdict.New, (await BeginAsync(desk, Request(body: "other"))).Verdict);
        await desk.ForgetExpiredAsync(CancellationToken.None);
        Assert.Equal(1L, await CountAsync("SELECT count(*) FROM access.idempotency"));
    }

    [Fact]
    public async Task Neither_key_nor_content_nor_answer_can_be_read_in_the_store()
    {
        var desk = Desk();
        var request = Request(key: Patient, body: Patient);
        await BeginAsync(desk, request);
        await desk.CompleteAsync(request, 1, Answer());

        var plain = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Patient));
        Assert.Equal(0L, await CountAsync($"SELECT count(*) FROM access.idempotency i WHERE i::text LIKE '%{plain}%' OR i::text LIKE '%Doe%'"));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Patient)));
        Assert.Equal(0L, await CountAsync($"SELECT count(*) FROM access.idempotency i WHERE i::text LIKE '%{hash}%'"));
    }

    [Fact]
    public async Task An_answer_that_was_moved_to_another_key_is_not_given_out()
    {
        var desk = Desk();
        await BeginAsync(desk, Request());
        await desk.CompleteAsync(Request(), 1, Answer());
        await BeginAsync(desk, Request(client: "thief"));
        await desk.CompleteAsync(Request(client: "thief"), 1, Answer(200));
        await store.ExecuteAsOwnerAsync("UPDATE access.idempotency SET answer = (SELECT answer FROM access.idempotency WHERE client = 'renal-app') WHERE client = 'thief'");

        var start = await BeginAsync(desk, Request(client: "thief"));
        Assert.Null(start.Answer);
        Assert.Equal(IdempotencyVerdict.InFlight, start.Verdict);
    }

    private IdempotencyDesk Desk()
    {
        var desk = new IdempotencyDesk(store.For(ZoneRole.Admission), cipher, TimeProvider.System);
        desks.Add(desk);
        return desk;
    }

    private static Task<IdempotencyStart> BeginAsync(IdempotencyDesk desk, IdempotentRequest request) =>
        desk.BeginAsync(request, Day, TimeSpan.Zero, CancellationToken.None);

    private IdempotentRequest Request(short tenant = 1, string client = "renal-app", string key = "k", string target = "POST /hl7v2", string body = "body") =>
        cipher.Request(tenant, client, key, target, "application/hl7-v2", Encoding.UTF8.GetBytes(body));

    private static StoredAnswer Answer(int status = 201) =>
        new(status, [new("Location", "/fhir/Patient/1")], new PhiBytes(Encoding.UTF8.GetBytes(Patient)));

    private async Task<long> CountAsync(string sql)
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(store.OwnerAddress);
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
