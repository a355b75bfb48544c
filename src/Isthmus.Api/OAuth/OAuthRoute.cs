using Microsoft.AspNetCore.Http;

namespace Isthmus.Api.OAuth;

/// <summary>One endpoint of the authorization server.</summary>
/// <param name="Name">As switches and counters know it.</param>
/// <param name="Path">Exactly this path.</param>
/// <param name="MediaType">Of its body; null where it takes none.</param>
/// <param name="MostBytes">The largest body it reads.</param>
/// <param name="Answer">Answers a request whose path and method are these.</param>
public sealed record OAuthRoute(string Name, string Method, string Path, string? MediaType, int MostBytes, RequestDelegate Answer);
