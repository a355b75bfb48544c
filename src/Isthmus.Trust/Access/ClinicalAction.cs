namespace Isthmus.Trust.Access;

/// <summary>A named thing that may be done with what the layer holds; requests, audit and people speak of it by this name.</summary>
/// <param name="Name">E.g. <c>read-results</c>.</param>
/// <param name="Says">What it means to somebody who knows no interface.</param>
public sealed record ClinicalAction(string Name, string Says);
