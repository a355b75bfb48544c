using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Exchange.Packs;
using Isthmus.Outbound.Connectors.FhirRest;

namespace Isthmus.Outbound.Tests.Connectors;

public sealed class TransactionTests
{
    [Fact]
    public void Every_resource_is_put_under_its_own_id_in_order()
    {
        var bundle = new ArrayBufferWriter<byte>();
        PackedResource[] resources =
        [
            new("Patient", "p-1", """{"resourceType":"Patient","id":"p-1"}"""u8.ToArray()),
            new("Observation", "o.2", """{"resourceType":"Observation","id":"o.2"}"""u8.ToArray()),
        ];

        TransactionBundle.Write(resources, "https://ehr.example/fhir/"u8, bundle);

        var json = JsonNode.Parse(bundle.WrittenSpan)!;
        Assert.Equal("transaction", (string?)json["type"]);
        var entries = json["entry"]!.AsArray();
        Assert.Equal(["Patient/p-1", "Observation/o.2"], entries.Select(entry => (string?)entry!["request"]!["url"]));
        Assert.All(entries, entry => Assert.Equal("PUT", (string?)entry!["request"]!["method"]));
        Assert.Equal("https://ehr.example/fhir/Observation/o.2", (string?)entries[1]!["fullUrl"]);
        Assert.Equal("o.2", (string?)entries[1]!["resource"]!["id"]);
    }

    [Theory]
    [InlineData("", "201 Created,200 OK")]
    [InlineData("Partial", "201 Created,422 Unprocessable")]
    [InlineData("Partial", "200,500")]
    [InlineData("BusinessRule", "422,404")]
    [InlineData("Application", "500,503")]
    [InlineData("Application", "500,422")]
    [InlineData("Ambiguous", "200")]
    [InlineData("Ambiguous", "200,200,200")]
    [InlineData("Ambiguous", "")]
    public void The_answer_is_judged_by_its_entries(string failure, string statuses)
    {
        var entries = statuses.Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(status => $$"""{"link":[{"x":[1]}],"response":{"outcome":{"issue":[]},"status":"{{status}}"} }""");
        var body = $$"""{"resourceType":"Bundle","type":"transaction-response","entry":[{{string.Join(',', entries)}}]}""";

        var judged = TransactionResponse.Failure(Encoding.UTF8.GetBytes(body), expected: 2);

        Assert.Equal(failure, judged?.ToString() ?? "");
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{\"entry\":[{\"response\":{\"status\":\"200")]
    public void A_success_without_a_readable_Bundle_is_ambiguous(string body) =>
        Assert.Equal("Ambiguous", TransactionResponse.Failure(Encoding.UTF8.GetBytes(body), expected: 1)?.ToString());
}
