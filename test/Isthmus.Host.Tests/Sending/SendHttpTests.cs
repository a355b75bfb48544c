using System.Net;
using System.Text;
using Isthmus.Exchange;
using Isthmus.Host.Sending;

namespace Isthmus.Host.Tests.Sending;

public sealed class SendHttpTests
{
    [Fact]
    public async Task Every_message_is_reported_with_its_own_answer()
    {
        using var partner = new Partner(controlId => controlId switch
        {
            "M1" => (HttpStatusCode.BadRequest, "MSH|^~\\&|||||||ACK\rMSA|AR|M1\rERR||MSH^1^12^1|203|E|contract.version-not-allowed|||Not this version.\r"),
            "M2" => (HttpStatusCode.BadGateway, "<html>"),
            "M3" => throw new HttpRequestException("Nobody is there."),
            _ => (HttpStatusCode.OK, $"MSH|^~\\&|||||||ACK\rMSA|AA|{controlId}\r"),
        });
        using var sender = new HttpSender(new Uri("http://localhost:1/"), partner, TimeSpan.FromSeconds(5));

        var sent = await sender.SendAsync(
            [.. Enumerable.Range(0, 5).Select(n => new FileMessage("f", n + 1, Encoding.UTF8.GetBytes($"MSH|^~\\&|A|B|||2026||ADT^A08|M{n}|P|2.5\r")))],
            TimeProvider.System, CancellationToken.None);

        Assert.Equal(
            [("M0", "AA", null), ("M1", "AR", "contract.version-not-allowed"), ("M2", null, "http.no-acknowledgement"), ("M3", null, "http.no-answer"), ("M4", "AA", null)],
            sent.Outcomes.Select(outcome => (outcome.ControlId, outcome.Ack, outcome.Rule)));
        Assert.Equal((2, 1, 2), (sent.Accepted, sent.Refused, sent.Unanswered));
        Assert.All(partner.ContentTypes, type => Assert.Equal("application/hl7-v2", type));
    }

    [Theory]
    [InlineData("localhost:8575")]
    [InlineData("mllp://localhost:2575")]
    [InlineData("/hl7")]
    public void Anything_but_a_URL_is_no_target(string target) => Assert.Throws<RefusalException>(() => HttpSender.Target(target));

    /// <summary>Answers by control id.</summary>
    private sealed class Partner(Func<string, (HttpStatusCode Status, string Body)> answer) : HttpMessageHandler
    {
        public List<string?> ContentTypes { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            ContentTypes.Add(request.Content!.Headers.ContentType?.ToString());
            var (status, body) = answer((await request.Content.ReadAsStringAsync(cancellationToken)).Split('|')[9]);
            return new HttpResponseMessage(status) { Content = new StringContent(body) };
        }
    }
}
