import { describe, expect, it } from "vitest";
import { departmentOfTitle, normaliseSeniority, seniorityOfTitle } from "./job-title.js";

describe("a job title", () => {
  it.each([
    ["Co-Founder & CEO", "owner", undefined],
    ["CEO", "executive", undefined],
    ["Chief Marketing Officer", "executive", "marketing"],
    ["VP of Sales", "executive", "sales"],
    ["Vice President, Engineering", "executive", "engineering"],
    ["President", "executive", undefined],
    ["Geschäftsführer", "executive", undefined],
    ["Head of Growth", "director", "marketing"],
    ["Director of Finance", "director", "finance"],
    ["Engineering Manager", "manager", "engineering"],
    ["Leiter Einkauf", "manager", "procurement"],
    ["Account Manager", "individual", "sales"],
    ["Product Manager", "individual", "product"],
    ["Executive Assistant to the CEO", "individual", undefined],
    ["Software Engineer", "individual", "engineering"],
    ["Recruiter", "individual", "people"],
    ["Customer Success Manager", "individual", "customer success"],
  ])("%j is %s in %s", (title, seniority, department) => {
    expect(seniorityOfTitle(title)).toBe(seniority);
    expect(departmentOfTitle(title)).toBe(department);
  });
});

describe("a seniority column", () => {
  it.each([
    ["C suite", "executive"],
    ["VP", "executive"],
    ["Founder", "owner"],
    ["Entry", "individual"],
    ["Senior", "individual"],
    ["Manager", "manager"],
    ["purple", undefined],
  ])("reads %j as %s", (text, seniority) => {
    expect(normaliseSeniority(text)).toBe(seniority);
  });
});
