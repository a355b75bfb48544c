using System.IO.Compression;
using System.Net;
using Isthmus.Exchange.Contracts;
using Isthmus.Outbound.Connectors;
using Isthmus.Outbound.Connectors.OAuth;
using Isthmus.Outbound.Resilience;
using Isthmus.Testing;
using Isthmus.Trust.Keys;

namespace Isthmus.Outbound.Tests.Connectors;

/// <summary>A token service that gives tokens of 100 seconds, numbered.</summary>
public sealed class TokenBrokerTests : IDisposable
{
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(75);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string folder = Scratch.NewFolder("tokens").FullName;
    private readonly OutboundMeter meter = new();
    private readonly ManualTime time = new();
    private readonly Service service = new();
    private readonly List<(FailureClass? Failing, int Times)> told = [];
    private readonly HttpMessageInvoker http;
    private readonly TokenBroker broker;

    public TokenBrokerTests()
    {
        File.WriteAllText(Path.Combine(folder, "ehr"), "secret");
        var destination = new DestinationSettings
        {
            Name = "ehr",
            Kind = ConnectorKind.FhirRest,
            BaseUrl = new Uri("https://ehr.example/fhir"),
            Exposure = Exposure.Internal,
            Authentication = DestinationAuthentication.ClientSecret,
            TokenUrl = new Uri("https://ehr.example/token"),
            ClientId = "isthmus",
            Key = "ehr",
            Timeout = TimeSpan.FromSeconds(10),
            Concurrency = 8,
        };
        http = new HttpMessageInvoker(service);
        broker = new TokenBroker(destination, new Credential(destination, new KeyFolder(folder)), http, meter, Tell, time);
    }

    [Fact]
    public async Task All_who_wait_share_one_answer_even_if_it_is_a_failure()
    {
        var asked = service.Hold();
        service.Status = HttpStatusCode.ServiceUnavailable;
        var waiting = Enumerable.Range(0, 8).Select(_ => broker.GetAsync(CancellationToken.None).AsTask()).ToList();
        asked.SetResult();

        Assert.All(await Task.WhenAll(waiting), answer => Assert.Null(answer.Value));
        Assert.Equal(1, service.Asked);
    }

    [Fact]
    public async Task A_token_in_use_is_replaced_before_it_ends_and_nobody_waits_for_it()
    {
        Assert.Equal("1", await TokenAsync());
        Assert.Equal("1", await TokenAsync());
        var asked = service.Hold();
        time.Advance(Renewal);

        Assert.Equal("1", await TokenAsync());
        asked.SetResult();
        await Eventually.Within(Patience, "the next token", async () => await TokenAsync() == "2");
        Assert.Equal(2, service.Asked);
    }

    [Fact]
    public async Task A_token_that_nobody_uses_is_let_go()
    {
        Assert.Equal("1", await TokenAsync());

        time.Advance(Renewal);
        Assert.Equal(1, service.Asked);

        time.Advance(Renewal);
        Assert.Equal("2", await TokenAsync());
    }

    [Fact]
    public async Task A_renewal_that_fails_is_told_while_the_old_token_is_good_and_tried_again_at_growing_distances()
    {
        await TokenAsync();
        await TokenAsync();
        service.Status = HttpStatusCode.Unauthorized;

        time.Advance(Renewal);
        await ToldAsync(1);
        time.Advance(TimeSpan.FromSeconds(1));
        await ToldAsync(2);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(3, service.Asked);
        Assert.Equal("1", await TokenAsync());
        service.Status = HttpStatusCode.OK;
        time.Advance(TimeSpan.FromSeconds(1));
        await ToldAsync(3);

        Assert.Equal([(FailureClass.Unauthorised, 1), (FailureClass.Unauthorised, 2), (null, 2)], Told());
        Assert.Equal("4", await TokenAsync());
    }

    [Fact]
    public async Task A_caller_that_gives_up_does_not_take_the_answer_from_the_others()
    {
        var asked = service.Hold();
        using var impatient = new CancellationTokenSource();
        var gone = broker.GetAsync(impatient.Token).AsTask();
        var patient = broker.GetAsync(CancellationToken.None).AsTask();
        await impatient.CancelAsync();
        asked.SetResult();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        Assert.Equal("1", (await patient).Value?.Parameter);
    }

    [Fact]
    public async Task A_credential_that_is_missing_is_told_as_refused()
    {
        File.Delete(Path.Combine(folder, "ehr"));

        var answer = await broker.GetAsync(CancellationToken.None);

        Assert.Equal(FailureClass.Unauthorised, answer.Failure.Failure);
        Assert.Equal([(FailureClass.Unauthorised, 1)], Told());
    }

    [Theory]
    [InlineData("[]", null)]
    [InlineData("null", null)]
    [InlineData("{\"access_token\":1}", null)]
    [InlineData("{\"access_token\":\"t\",\"expires_in\":\"3600\"}", "t")]
    public async Task An_answer_of_other_types_than_the_standard_says_is_none_or_is_read_without_them(string body, string? token)
    {
        service.Body = body;

        Assert.Equal(token, await TokenAsync());
    }

    [Fact]
    public async Task An_answer_is_read_no_further_than_a_token_can_be_long()
    {
        using var answer = new Endless();
        service.Content = new StreamContent(answer);

        Assert.Equal(FailureClass.Unauthorised, (await broker.GetAsync(CancellationToken.None)).Failure.Failure);
        Assert.InRange(answer.Position, TokenBroker.MostAnswerBytes, TokenBroker.MostAnswerBytes + 1);
    }

    [Fact]
    public async Task An_answer_whose_compression_is_broken_is_a_failure_of_the_way()
    {
        service.Content = new StreamContent(new GZipStream(new MemoryStream([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), CompressionMode.Decompress));

        Assert.Equal(FailureClass.Transport, (await broker.GetAsync(CancellationToken.None)).Failure.Failure);
    }

    public void Dispose()
    {
        broker.Dispose();
        http.Dispose();
        meter.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task<string?> TokenAsync() => (await broker.GetAsync(CancellationToken.None)).Value?.Parameter;

    private void Tell(string destination, FailureClass? failing, int times)
    {
        lock (told)
        {
            told.Add((failing, times));
        }
    }

    private (FailureClass? Failing, int Times)[] Told()
    {
        lock (told)
        {
            return [.. told];
        }
    }

    /// <summary>Until so much was told, and the next renewal is set.</summary>
    private Task ToldAsync(int count) => Eventually.Within(Patience, "that it was told", () => Told().Length == count && time.HasTimer);

    private sealed class Service : HttpMessageHandler
    {
        private TaskCompletionSource? held;
        private int asked;

        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        /// <summary>Said in place of a token.</summary>
        public string? Body { get; set; }

        /// <summary>The body as it comes out of its compression, in place of all else.</summary>
        public HttpContent? Content { get; set; }

        public int Asked => asked;

        /// <summary>Requests wait until the source is set.</summary>
        public TaskCompletionSource Hold() => held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var number = Interlocked.Increment(ref asked);
            if (held is { } wait)
            {
                await wait.Task.WaitAsync(cancellationToken);
            }

            return new HttpResponseMessage(Status) { Content = Content ?? new StringContent(Body ?? $$"""{"access_token":"{{number}}","expires_in":100}""") };
        }
    }

    /// <summary>Spaces without an end, as a few bytes can unfold into.</summary>
    private sealed class Endless : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        /// <summary>How many were taken.</summary>
        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill((byte)' ');
            Position += count;
            return count;
        }

        public override void Flush()
        {
            // Nothing is written.
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
