using Isthmus.Exchange;

namespace Isthmus.Inbound.Listeners.Http;

/// <summary>Why a JSON body is refused before it is read for what it says.</summary>
internal static class JsonBodyRules
{
    public static readonly Refusal TooLarge = Of("json.too-large", "The JSON body is larger than this route takes.");
    public static readonly Refusal NotUtf8 = Of("json.not-utf8", "The JSON body is not valid UTF-8.");
    public static readonly Refusal Malformed = Of("json.malformed", "The body is no JSON document: a value, comma or bracket is wrong, or something stands before or behind it.");
    public static readonly Refusal TooDeep = Of("json.too-deep", "The JSON body is nested deeper than this route takes.");
    public static readonly Refusal NameRepeated = Of("json.name-repeated", "An object in the JSON body has the same name twice. Readers differ in which of the two they heed; send one.");
    public static readonly Refusal TooManyNames = Of("json.too-many-names", "The JSON body has more names than this route takes.");
    public static readonly Refusal TextTooLong = Of("json.text-too-long", "A name or string in the JSON body is longer than this route takes.");
    public static readonly Refusal SurrogateAlone = Of("json.surrogate-alone", "A \\u escape in the JSON body is half of a surrogate pair.");
    public static readonly Refusal Nul = Of("json.nul", "A string in the JSON body holds the character NUL.");
    public static readonly Refusal NumberUnbounded = Of("json.number-unbounded", "A number in the JSON body is too large or too long to be kept as it is.");

    private static Refusal Of(string id, string sentence) => new(id, sentence, FailureDomain.Client);
}
