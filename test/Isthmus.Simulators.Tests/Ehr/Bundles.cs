namespace Isthmus.Simulators.Tests.Ehr;

internal static class Bundles
{
    /// <summary>A transaction that puts one patient and one observation of theirs.</summary>
    public static string Result(string patient, string observation, string value = "4.1", string type = "transaction") => $$"""
        {"resourceType":"Bundle","type":"{{type}}","entry":[
          {{Put("Patient", patient, "\"gender\":\"female\"")}},
          {{Put("Observation", observation, $"\"subject\":{{\"reference\":\"Patient/{patient}\"}},\"valueString\":\"{value}\"")}}
        ]}
        """;

    public static string Put(string type, string id, string content) => $$"""
        {"fullUrl":"https://isthmus.example/{{type}}/{{id}}",
         "resource":{"resourceType":"{{type}}","id":"{{id}}",{{content}}},
         "request":{"method":"PUT","url":"{{type}}/{{id}}"} }
        """;

    public static string Of(string type, params string[] entries) =>
        $$"""{"resourceType":"Bundle","type":"{{type}}","entry":[{{string.Join(',', entries)}}]}""";
}
